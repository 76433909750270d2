/** What decides a request, and what does not. */
import assert from "node:assert/strict";
import { type Browser, fieldsOf } from "../../_support/browser.ts";
import { playApproval } from "../../_support/played_door.ts";
import { createScene, LINK, pathOf, textOf } from "./_scene.ts";

Deno.test("approvals: several of one app and tool are decided by one click, each with what was shown of it", async () => {
  await using scene = await createScene();
  const { door, anna } = scene;
  door.approvals = [
    playApproval(1),
    playApproval(2),
    playApproval(3, { tool: "todo.delete", toolTitle: "Delete a task" }),
    playApproval(4, { clientName: "Another agent" }),
    playApproval(5, { space: { id: "team", name: "Team", kind: "shared" } }),
  ];
  const page = await anna.open("/approvals");
  assert.match(textOf(page), /wants to delete a note, 2 times/);
  assert.match(textOf(page), /Yes, delete all 2 No to all 2/);
  assert.match(page.html, /<a href="\/approvals\/0{31}1">Answer this one alone<\/a>/);
  const after = await anna.submit(page, "/approvals", { decision: "yes" }); // the first form
  assert.deepEqual([after.status, pathOf(after)], [200, "/approvals"]);
  assert.deepEqual(
    door.decisions.map(({ id, diff, decision }) => [id, diff, decision]),
    [1, 2].map((one) => [playApproval(one).id, playApproval(one).diff, "yes"]),
  );
  assert.deepEqual(door.approvals.map(({ status }) => status), ["done", "done", "open", "open", "open"]);
});

Deno.test("approvals: of several, those that fail are said and stay; the others are done", async () => {
  await using scene = await createScene();
  const { door, anna } = scene;
  door.approvals = [playApproval(1), playApproval(2), playApproval(3)];
  const page = await anna.open("/approvals");
  const [, second] = door.approvals;
  if (second !== undefined) second.diff = "abc";
  const after = await anna.submit(page, "/approvals", { decision: "yes" });
  assert.equal(after.status, 409);
  assert.match(textOf(after), /Not everything was done 1 of 3: It changed meanwhile\. Somebody changed this/);
  assert.deepEqual(door.approvals.map(({ status }) => status), ["done", "open", "done"]);
  assert.equal((await anna.submit(after, "/approvals", { decision: "yes" })).status, 200);
  assert.equal(second?.status, "done");
});

Deno.test("approvals: only a form of ours decides: no link, no prefetch, no other site, no other session, nothing exchanged", async () => {
  await using scene = await createScene();
  const { door, anna, flow } = scene;
  const ben = await flow.personWithBrowser("ben");
  door.approvals = [playApproval(1), playApproval(2)];
  const page = await anna.open(LINK);
  const fields = fieldsOf(page, "/approvals");
  const yes = new URLSearchParams(fields);
  yes.set("decision", "yes");
  for (const path of [`/approvals?${yes}`, `${LINK}?${yes}`, `${LINK}?decision=yes`]) {
    assert.equal((await anna.open(path)).status, 200);
  }
  const cookie = [...anna.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  for (const method of ["HEAD", "PUT", "DELETE"]) {
    await (await flow.auth(LINK, { method, headers: { cookie } })).body?.cancel();
  }
  door.asked.length = 0;
  for (const purpose of ["prefetch", "prefetch;prerender"]) {
    const ahead = await flow.auth(LINK, { headers: { cookie, "sec-purpose": purpose } });
    assert.deepEqual([ahead.status, ahead.headers.get("cache-control"), await ahead.text()], [
      503,
      "no-store",
      "",
    ]);
  }
  assert.deepEqual(door.asked, []);

  const refused = async (
    browser: Browser,
    changes: Record<string, string | string[] | undefined>,
    headers = {},
  ) => {
    const answer = await browser.submit(page, "/approvals", { decision: "yes", ...changes }, headers);
    assert.equal(answer.status, 403, JSON.stringify(changes));
    assert.match(answer.html, /That did not come from this page/);
  };
  const [item = ""] = fields.getAll("item");
  const other = fieldsOf(await anna.open(`/approvals/${playApproval(2).id}`), "/approvals").get("item") ?? "";
  await refused(anna, { form: undefined });
  await refused(anna, { form: "x" });
  await refused(anna, { item: other });
  await refused(anna, { item: [item, other] });
  await refused(anna, { item: undefined });
  await refused(anna, { item: item.replace(playApproval(1).diff, playApproval(2).diff) });
  await refused(anna, { item: item.replace(/\.\d{13}\./, ".9999999999999.") });
  await refused(anna, { item: `${item}grant` });
  await refused(anna, { item: "nonsense" });
  await refused(anna, { wish: "Your bank asks for your password" });
  await refused(anna, { wish: "Your bank asks for your password" });
  await refused(anna, { decision: "maybe" });
  await refused(anna, { decision: ["no", "yes"] });
  await refused(anna, {}, { origin: "https://evil.test" });
  for (const site of ["cross-site", "same-site", "none"]) await refused(anna, {}, { "sec-fetch-site": site });
  await refused(ben, {});
  await refused(ben, { form: fieldsOf(await ben.open(LINK), "/approvals").get("form") ?? "", item: other });
  const apps = fieldsOf(await anna.open("/apps"), "/apps").get("form") ??
    fieldsOf(page, "/sign-out").get("form");
  await refused(anna, { form: apps ?? "" });
  assert.deepEqual(door.decisions, []);
  const sent = await anna.submit(page, "/approvals", { decision: "yes" }, {
    "sec-fetch-site": "same-origin",
  });
  assert.equal(sent.status, 200);
  assert.equal(door.decisions.length, 1);
});

Deno.test("approvals: a page that stayed open while somebody else signed in in this browser decides nothing for them", async () => {
  await using scene = await createScene();
  const { door, anna, flow } = scene;
  await flow.personWithBrowser("ben");
  door.approvals = [playApproval(1)];
  const page = await anna.open(LINK);
  await anna.submit(page, "/sign-out");
  flow.clock.now += 60_000;
  const ben = await anna.submit(await anna.open("/sign-in"), "/sign-in", {
    email: "ben@mana.test",
    password: "correct horse",
  });
  assert.match(ben.html, /Signed in as ben@/);
  const sent = await anna.submit(page, "/approvals", { decision: "yes" });
  assert.equal(sent.status, 403);
  assert.deepEqual(door.decisions, []);
});
