/** The pages of approvals: what a person reads before their yes, and what it is that they read. */
import assert from "node:assert/strict";
import { fieldsOf } from "../../_support/browser.ts";
import { createFlow } from "../../_support/flow.ts";
import { connect, register } from "../../_support/oauth_flow.ts";
import { playApproval, playRow } from "../../_support/played_door.ts";
import { createScene, gidOf, LINK, pathOf, textOf } from "./_scene.ts";

Deno.test("approvals: the page shows who asks, what would change and how long there is, and one click decides", async () => {
  await using scene = await createScene();
  const { door, anna, flow } = scene;
  const { access } = await connect(flow, anna);
  door.approvals = [playApproval(1, { grantId: gidOf(access), clientName: "Not its name" })];
  const page = await anna.open(LINK);
  const text = textOf(page);
  assert.match(page.html, /<h1>“Test app” wants to delete a note<\/h1>/);
  assert.match(text, /Delete the note "Shopping 1"\? The Mana app/);
  assert.match(text, /It is at a program on this computer \(127\.0\.0\.1:33418\)/);
  assert.match(text, /since 1 May 2026/);
  assert.match(text, /Notes, in your personal space/);
  assert.match(text, /2 minutes ago Time left 8 minutes/);
  assert.match(text, /can bring it back\. What is in it title Shopping 1 content Milk Bread/);
  assert.match(text, /Nothing happens without your yes/);
  assert.doesNotMatch(text, /Not its name/, "an app is called what it registered as");
  assert.equal(fieldsOf(page, "/approvals").has("decision"), false, "nothing is chosen beforehand");
  flow.clock.now += 60_000;
  const done = await anna.submit(page, "/approvals", { decision: "yes" });
  assert.deepEqual([done.status, pathOf(done)], [200, LINK]);
  assert.match(done.html, /<h1>It is done<\/h1>/);
  assert.match(
    textOf(done),
    /“Test app” asked to delete a note, “Shopping 1”\. You said yes, and it was done\. You can go back/,
  );
  assert.doesNotMatch(done.html, /name="decision"/);
  const [decision, ...more] = door.decisions;
  assert.deepEqual(more, []);
  const { grant, ...rest } = decision ?? { grant: undefined };
  assert.deepEqual(rest, {
    id: playApproval(1).id,
    diff: playApproval(1).diff,
    decision: "yes",
    shownAt: "2026-05-01T12:00:00.000Z",
  });
  assert.equal(grant?.isLive, true);
  assert.match(grant?.scope ?? "", /notes:write/);
});

Deno.test("approvals: no is an answer as well, and an agent with the person's own token is called so", async () => {
  await using scene = await createScene();
  const { door, anna } = scene;
  door.approvals = [playApproval(1, { clientName: "my \u202Escript" })];
  const page = await anna.open(LINK);
  assert.match(page.html, /<h1>An agent with your own token wants to delete a note<\/h1>/);
  assert.match(textOf(page), /It calls itself “my script”/);
  const said = await anna.submit(page, "/approvals", { decision: "no" });
  assert.match(said.html, /<h1>You said no<\/h1>/);
  assert.equal(door.decisions[0]?.decision, "no");
  assert.equal(door.decisions[0]?.grant, null);
});

Deno.test("approvals: what changes is shown field by field, with the app's words labelled, and no text is markup", async () => {
  await using scene = await createScene();
  const { door, anna } = scene;
  const rows = [
    playRow(1, {
      op: "update",
      title: "<b>Rent</b>",
      fields: [
        { name: "due date", before: "2026-05-01", after: "2026-06-01" },
        { name: "is archived", before: "no", after: "yes" },
        { name: "schedule, time", before: null, after: "<script>alert(1)</script>" },
        { name: "content", before: "x", after: "y", isSealed: true },
      ],
      fieldCount: 9,
    }),
    playRow(2, { op: "insert", fields: [{ name: "title", before: null, after: "New" }], fieldCount: 1 }),
    playRow(3, { op: "restore", fields: [] }),
    ...Array.from({ length: 7 }, (_, index) => playRow(index + 10)),
  ];
  door.approvals = [
    playApproval(1, { toolTitle: "Change a task", sentence: "", rows, rowCount: 60, hasChanged: true }),
  ];
  const page = await anna.open(LINK);
  const text = textOf(page);
  assert.match(text, /due date now 1 May 2026 then 1 June 2026/);
  assert.match(text, /is archived now no then yes/);
  assert.match(text, /schedule, time now nothing then &lt;script/);
  assert.match(text, /content locked: your Mana app opens it and 5/);
  assert.match(text, /and 5 more fields/);
  assert.match(text, /“Then” is what the app would write: its words, not Mana’s\./);
  assert.match(text, /Note “New”|Note “Shopping 2” new/);
  assert.match(text, /“Shopping 3” comes back/);
  assert.match(text, /4 more things/);
  assert.match(text, /And 50 more things that do not fit on this page\./);
  assert.match(text, /This changed after the app asked\. You see it as it is now\./);
  assert.doesNotMatch(page.html, /<script>alert|<b>Rent/);
  assert.match(text, /Yes, do it No/);
});

Deno.test("approvals: the list has all that waits, without a link, and how those of the last day ended", async () => {
  await using scene = await createScene();
  const { door, anna, flow } = scene;
  assert.match((await anna.open("/approvals")).html, /Nothing waits for you\./);
  await connect(flow, anna, { zone: "Europe/Berlin" });
  const decided = { decidedAt: "2026-05-01T11:59:00.000Z" };
  door.approvals = [
    playApproval(1),
    playApproval(2, { status: "done", ...decided }),
    playApproval(3, { status: "declined", ...decided }),
    playApproval(4, { status: "expired", until: "2026-05-01T11:50:00.000Z" }),
    playApproval(5, { status: "changed", ...decided }),
  ];
  const page = await anna.open("/approvals");
  const text = textOf(page);
  assert.match(page.html, /<h1>Waiting for your answer<\/h1>/);
  assert.match(text, /Signed in as anna@/);
  assert.match(
    text,
    /In the last day 1 May 2026 at 13:59 An agent with your own token asked to delete a note, “Shopping 2”\. You said yes/,
  );
  assert.match(text, /You said no, and nothing was changed\./);
  assert.match(text, /1 May 2026 at 13:50 .*Nobody answered in time/);
  assert.match(text, /What it was about is not there any more, so nothing was done\./);
  assert.equal(page.html.split('value="yes"').length, 2);
  const apps = await anna.open("/apps");
  assert.match(textOf(apps), /1 request waits for your answer/);
  assert.match(apps.html, /<a href="\/approvals">Requests<\/a>/);
});

Deno.test("approvals: a page says of itself that nothing frames it, and its one script wakes the buttons", async () => {
  await using scene = await createScene();
  const { door, anna, flow } = scene;
  door.approvals = [playApproval(1)];
  for (const path of ["/approvals", LINK]) {
    const { headers, html } = await anna.open(path);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /frame-ancestors 'none'/);
    assert.match(policy, /script-src 'self'$/);
    assert.match(policy, /form-action 'self'/);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.match(html, /<script src="\/wake\.js"><\/script>.*<body>/s, "before anything is shown");
    assert.doesNotMatch(html, /<button[^>]*(?:disabled|hidden)/, "without scripts the buttons work");
  }
  const script = await (await flow.auth("/wake.js")).text();
  assert.doesNotMatch(script, /fetch|cookie|location|eval|innerHTML|requestSubmit|click\(/);
  assert.ok(script.length < 1500);
});

Deno.test("approvals: an answer of another form is no answer; hostile texts are text", async () => {
  await using scene = await createScene();
  const { door, anna } = scene;
  for (const body of [null, {}, { approval: { ...playApproval(1), diff: "Z" } }, { approvals: "x" }]) {
    door.answer = () => ({ isOk: true, body });
    for (const path of [LINK, "/approvals"]) {
      const page = await anna.open(path);
      assert.equal(page.status, 504);
      assert.match(textOf(page), /your requests cannot be shown\. Nothing is lost/);
    }
  }
  door.answer = null;
  const evil = `"><img src=x onerror=alert(1)>${"A".repeat(400)}`;
  door.approvals = [playApproval(1, {
    clientName: evil,
    toolTitle: evil,
    sentence: evil,
    moduleLabel: evil,
    space: { id: evil, name: evil, kind: "shared" },
    rows: [
      playRow(1, {
        record: evil,
        title: evil,
        fields: [{ name: "__proto__", before: evil, after: "constructor" }],
      }),
    ],
  })];
  for (const path of ["/approvals", LINK]) {
    assert.doesNotMatch((await anna.open(path)).html, /<img(?! src="\/icon\.svg")/);
  }
});

Deno.test("approvals: without a gateway there is no page, and nobody is sent to one", async () => {
  await using flow = await createFlow();
  const anna = await flow.personWithBrowser("anna");
  for (const path of ["/approvals", LINK, "/wake.js"]) assert.equal((await anna.open(path)).status, 404);
  await register(flow);
  assert.doesNotMatch((await anna.open("/apps")).html, /\/approvals/);
});
