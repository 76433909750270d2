/** What every fault leaves behind of an answer: words that say what became of it, and mostly the button. */
import assert from "node:assert/strict";
import { connect } from "../../_support/oauth_flow.ts";
import { playApproval, playRow, refuse } from "../../_support/played_door.ts";
import { createScene, gidOf, LINK, textOf } from "./_scene.ts";

Deno.test("approvals: somebody else's, one that never was, and an address that is none", async () => {
  await using scene = await createScene();
  const { door, anna } = scene;
  const page = await anna.open(LINK);
  assert.equal(page.status, 404);
  assert.match(
    textOf(page),
    /There is no such request for you .*another account\. Nothing was changed\. Signed in as anna@/,
  );
  door.asked.length = 0;
  for (
    const path of [
      "/approvals/x",
      `${LINK}/`,
      `${LINK}0`,
      "/approvals/..%2fapps",
      `/approvals/${"A".repeat(32)}`,
    ]
  ) {
    assert.equal((await anna.open(path)).status, 404, path);
  }
  assert.deepEqual(door.asked, []);
});

Deno.test("approvals: it changed meanwhile, was used, or its time is over: the page says so and shows how it is", async () => {
  await using scene = await createScene();
  const { door, anna } = scene;
  const approval = playApproval(1);
  door.approvals = [approval];
  const page = await anna.open(LINK);
  approval.diff = "beef";
  approval.rows = [playRow(1, { title: "Shopping, and milk" })];
  const again = await anna.submit(page, "/approvals", { decision: "yes" });
  assert.equal(again.status, 409);
  assert.match(textOf(again), /It changed meanwhile Somebody changed this .* nothing was done/);
  assert.match(textOf(again), /“Shopping, and milk”/);
  assert.equal(approval.status, "open");
  await anna.submit(again, "/approvals", { decision: "yes" });
  assert.equal(approval.status, "done");
  const twice = await anna.submit(again, "/approvals", { decision: "yes" });
  assert.deepEqual(
    [twice.status, /<h1>It is done/.test(twice.html)],
    [200, true],
    "a second click says the same",
  );
  const late = await anna.submit(again, "/approvals", { decision: "no" });
  assert.equal(late.status, 410);
  assert.match(textOf(late), /It is done This was answered before Your last click changed nothing more\./);

  door.answer = (action) =>
    action === "approvals/decide"
      ? refuse("expired", { ...approval, status: "expired", decidedAt: null })
      : undefined;
  const over = await anna.submit(again, "/approvals", { decision: "yes" });
  assert.equal(over.status, 410);
  assert.match(
    textOf(over),
    /The time was over .*Nobody answered in time, and nothing was changed\. If you still want it/,
  );
  assert.doesNotMatch(over.html, /name="decision"/);
});

Deno.test("approvals: a request whose record went meanwhile, and one whose records cannot be read here, say so", async () => {
  await using scene = await createScene();
  const { door, anna } = scene;
  const approval = playApproval(1);
  door.approvals = [approval];
  const page = await anna.open(LINK);
  approval.status = "changed";
  door.answer = (action) => action === "approvals/decide" ? refuse("changed", approval) : undefined;
  const gone = await anna.submit(page, "/approvals", { decision: "yes" });
  assert.equal(gone.status, 409);
  assert.match(textOf(gone), /There is nothing left to do .*What it was about is not there any more/);
  assert.doesNotMatch(gone.html, /answer once more|name="decision"/);
  door.approvals = [playApproval(1, { rows: [] })];
  const hidden = await anna.open(LINK);
  assert.match(textOf(hidden), /What would change cannot be shown here\. You may have left this space/);
  assert.match(hidden.html, /value="no"/);
  assert.doesNotMatch(hidden.html, /value="yes"/, "nobody says yes to what they cannot see");
});

Deno.test("approvals: a grant that ended or lost the scope, and a space that was left: nothing was done, and why", async () => {
  await using scene = await createScene();
  const { door, anna, flow } = scene;
  const app = await connect(flow, anna);
  door.approvals = [playApproval(1, { grantId: gidOf(app.access) })];
  const words = {
    "grant-ended": /This app is not connected any more .*nothing was changed/,
    "scope-gone": /The app may not do this any more .*Under “Apps” you can give it back/,
    "space-left": /You are not in this space any more/,
    "no-key": /Only you have the key to your texts.* Your Mana app can do it/,
  };
  const page = await anna.open(LINK);
  for (const [code, text] of Object.entries(words)) {
    door.answer = (action) => action === "approvals/decide" ? refuse(code) : undefined;
    const answer = await anna.submit(page, "/approvals", { decision: "yes" });
    assert.equal(answer.status, 403, code);
    assert.match(textOf(answer), text);
    assert.doesNotMatch(answer.html, /name="decision"/);
  }
  door.answer = null;
  // What the gateway is told of the grant is how it is at the click, and not how it was when the page was made.
  await anna.submit(await anna.open("/apps"), "/apps", { end: "yes" });
  await anna.submit(page, "/approvals", { decision: "yes" });
  assert.deepEqual(door.decisions.at(-1)?.grant, { isLive: false, scope: "" });
  const ben = await flow.personWithBrowser("ben");
  door.approvals = [playApproval(1, { grantId: gidOf((await connect(flow, anna)).access) })];
  const his = await ben.open(LINK);
  assert.match(textOf(his), /“Claude” wants to delete a note .*Connected not any more/);
  await ben.submit(his, "/approvals", { decision: "yes" });
  assert.deepEqual(door.decisions.at(-1)?.grant, { isLive: false, scope: "" }, "nobody else's grant counts");
});

Deno.test("approvals: gateway, sync, vault or auth down: nothing is kept, nothing runs later, the button stays", async () => {
  await using scene = await createScene();
  const { door, anna } = scene;
  for (
    const code of ["gateway-down", "sync-down", "vault-down", "auth-down", "failed", "too-many", "nonsense"]
  ) {
    const approval = playApproval(1);
    door.approvals = [approval];
    door.answer = null;
    const page = await anna.open(LINK);
    door.answer = () => refuse(code);
    const down = await anna.submit(page, "/approvals", { decision: "yes" });
    assert.equal(down.status, code === "too-many" ? 429 : 503, code);
    assert.match(textOf(down), /Your answer was not kept, and nothing will happen later by itself\./);
    assert.match(
      textOf(down),
      /Signed in as anna@.*Your answer to: An agent with your own token wants to delete a note Yes No Look at the request again/,
    );
    assert.equal(door.decisions.length, 0);
    const looked = await anna.open(LINK);
    assert.match(
      textOf(looked),
      /your requests cannot be shown\. Nothing is lost, and nothing happens without your yes/,
    );
    assert.equal((await anna.open("/approvals")).status, down.status);
    const apps = await anna.open("/apps");
    assert.deepEqual([apps.status, /wait(s)? for your answer/.test(apps.html)], [200, false]);
    door.answer = null;
    const done = await anna.submit(down, "/approvals", { decision: "yes" });
    assert.match(done.html, /It is done/, code);
    // The same click: what was shown and when is as it was.
    assert.equal(door.decisions[0]?.diff, approval.diff);
    door.decisions.length = 0;
  }
  door.approvals = [playApproval(1), playApproval(2)];
  const both = await anna.open("/approvals");
  door.answer = () => refuse("gateway-down");
  const down = await anna.submit(both, "/approvals", { decision: "no" });
  assert.match(textOf(down), /Yes to all 2 No to all 2/);
  door.answer = null;
  await anna.submit(down, "/approvals", { decision: "no" });
  assert.deepEqual(door.approvals.map(({ status }) => status), ["declined", "declined"]);
});

Deno.test("approvals: an answer that was lost on the way: the same click finishes it", async () => {
  await using scene = await createScene();
  const { door, anna } = scene;
  door.approvals = [playApproval(1)];
  const page = await anna.open(LINK);
  door.answer = () => refuse("gateway-late");
  const late = await anna.submit(page, "/approvals", { decision: "yes" });
  assert.equal(late.status, 504);
  assert.match(
    textOf(late),
    /we do not know whether your answer was carried out\. Press the same button again/,
  );
  door.answer = null;
  await anna.submit(late, "/approvals", { decision: "yes" });
  assert.equal(door.decisions.length, 1);
});

Deno.test("approvals: a yes whose outcome is unknown says so, and the same click completes it", async () => {
  await using scene = await createScene();
  const { door, anna } = scene;
  const approval = playApproval(1);
  door.approvals = [approval];
  const page = await anna.open(LINK);
  door.answer = (action) => {
    if (action !== "approvals/decide" || approval.status !== "open") return undefined;
    approval.status = "unknown";
    return { isOk: true, body: { approval } };
  };
  const unknown = await anna.submit(page, "/approvals", { decision: "yes" });
  assert.match(
    textOf(unknown),
    /It may be done only in part .*You said yes, but the answer got lost on the way/,
  );
  assert.match(textOf(unknown), /Finish it/);
  assert.doesNotMatch(unknown.html, /value="no"/);
  assert.match(textOf(await anna.open("/approvals")), /Finish it/);
  const done = await anna.submit(unknown, "/approvals", { decision: "yes" });
  assert.match(done.html, /It is done/);
});
