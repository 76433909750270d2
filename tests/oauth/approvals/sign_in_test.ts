/** The way from a link to a request, by signing in, and the ways that must not arise on it. */
import assert from "node:assert/strict";
import { playApproval } from "../../_support/played_door.ts";
import { createScene, LINK, pathOf, textOf } from "./_scene.ts";

Deno.test("approvals: whoever is not signed in signs in first and comes back, and no link leads anywhere else", async () => {
  await using scene = await createScene();
  const { door, anna, flow } = scene;
  door.approvals = [playApproval(1)];
  await anna.submit(await anna.open("/apps"), "/sign-out");
  door.asked.length = 0;
  const asked = await anna.open(LINK);
  assert.equal(pathOf(asked), "/sign-in");
  assert.match(textOf(asked), /An app waits for your yes or no\. First show us that it is you\./);
  assert.doesNotMatch(textOf(asked), /Shopping|Claude/);
  assert.deepEqual(door.asked, [], "nothing is asked for somebody who is not signed in");
  const wrong = await anna.submit(asked, "/sign-in", { email: "anna@mana.test", password: "wrong" });
  assert.equal(wrong.status, 422);
  const back = await anna.submit(wrong, "/sign-in", { email: "anna@mana.test", password: "correct horse" });
  assert.deepEqual([back.status, pathOf(back)], [200, LINK]);
  assert.match(back.html, /name="decision"/);
  for (
    const then of [
      "https://evil.test/approvals",
      "//evil.test/approvals",
      "/approvals/../../evil",
      `/approvals/${"0".repeat(32)}\n`,
      `/approvals/${"0".repeat(32)}?x=//evil.test`,
      `/approvals/${"0".repeat(33)}`,
      "/\\evil.test",
      "/approvals\r\nset-cookie: a=b",
      "/sign-out",
      "javascript:alert(1)",
    ]
  ) {
    const browser = flow.browser();
    const page = await browser.open(`/sign-in?${new URLSearchParams({ then })}`);
    assert.doesNotMatch(page.html, /evil|alert/, then);
    flow.clock.now += 60_000;
    const entered = await browser.submit(page, "/sign-in", {
      email: "anna@mana.test",
      password: "correct horse",
    });
    assert.deepEqual([pathOf(entered), entered.leaves], ["/apps", undefined], then);
    // The field of the form is as little an address as the link was.
    const sent = await browser.submit(page, "/sign-in", {
      email: "anna@mana.test",
      password: "correct horse",
      q: String(new URLSearchParams({ then })),
    });
    assert.equal(sent.status, 403, then);
  }
});

Deno.test("approvals: whose session ended while they looked comes back to the request, and nothing was decided", async () => {
  await using scene = await createScene();
  const { door, anna } = scene;
  door.approvals = [playApproval(1)];
  const page = await anna.open(LINK);
  await anna.submit(page, "/sign-out");
  const sent = await anna.submit(page, "/approvals", { decision: "yes" });
  assert.equal(pathOf(sent), "/sign-in");
  assert.deepEqual(door.decisions, []);
  const back = await anna.submit(sent, "/sign-in", { email: "anna@mana.test", password: "correct horse" });
  assert.equal(pathOf(back), LINK);
  assert.equal(door.approvals[0]?.status, "open");
});
