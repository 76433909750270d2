/** `POST /narrowing/count`, by which a page says how much a choice shows: for the person themselves, from a page of ours, and no more. */
import assert from "node:assert/strict";
import type { Browser } from "../_support/browser.ts";
import { createCountingDoor } from "../_support/counting_door.ts";
import { createFlow, type Flow } from "../_support/flow.ts";
import { manyModules } from "../_support/many_modules.ts";
import { authorizeUrl, connect, ISSUER, register } from "../_support/oauth_flow.ts";
import { makeTeam } from "../_support/team.ts";
import { signIn } from "../_support/test_backend.ts";
import { COUNT_WINDOW_MS, COUNTS_PER_PERSON } from "../../sign_in/kit/limits.ts";

const COUNT = "/narrowing/count";

async function createScene() {
  const door = createCountingDoor();
  const flow = await createFlow({ grantable: manyModules(), door });
  const anna = await flow.personWithBrowser("anna");
  const { client_id } = await register(flow);
  const page = await anna.open(authorizeUrl(client_id));
  const token = /data-count="([^"]+)"/.exec(page.html)?.[1] ?? "";
  assert.ok(token);
  const ask = (fields: Record<string, string>, by: Asked = {}) =>
    count(flow, by.browser ?? anna, { form: token, module: "journal", ...fields }, by.headers);
  return { flow, anna, door, page, token, ask, [Symbol.asyncDispose]: () => flow[Symbol.asyncDispose]() };
}

interface Asked {
  readonly browser?: Browser;
  readonly headers?: Record<string, string>;
}

Deno.test("count: the words and the number of one module, by the document that would be stored", async () => {
  await using scene = await createScene();
  const { ask, door, flow } = scene;
  const choice = { "since.journal": "P7D", "fields.journal": "titles", zone: "Europe/Berlin" };
  assert.deepEqual(await ask(choice), [200, {
    label: "Journal",
    words: "only the last 7 days; titles, days and moods, not the texts",
    count: "shows 42 of 310",
  }]);
  assert.deepEqual(await ask({}), [200, { label: "Journal", words: "only …", count: "shows all 310" }]);
  const month = await ask({ preset: "month", module: "notes" });
  assert.deepEqual(month[1], {
    label: "Notes",
    words: "only changed in the last 30 days",
    count: "shows 42 of 310",
  });
  const [first, second] = door.counted;
  assert.deepEqual([first?.["collections"], first?.["within"]], [["journal/journalEntries"], null]);
  assert.match(JSON.stringify(first?.["document"]), /"tz":"Europe\/Berlin".*"value":"-P7D"/);
  assert.match(JSON.stringify(second?.["document"]), /"collection":"\*"/);
  const team = await makeTeam(flow, await signIn(flow, "anna@mana.test"));
  flow.clock.now += 61_000; // a list of spaces may be a minute old
  await ask({ where: "some", space: team });
  assert.deepEqual(door.counted.at(-1)?.["within"], [team]);
});

Deno.test("count: no other site, no other session, nobody who is signed out, and no link", async () => {
  await using scene = await createScene();
  const { flow, anna, ask, door } = scene;
  const ben = await flow.personWithBrowser("ben");
  const refused = [
    await ask({ form: "" }),
    await ask({ form: "x".repeat(44) }),
    await ask({}, { headers: { origin: "https://evil.test" } }),
    await ask({}, { headers: { "sec-fetch-site": "cross-site" } }),
    await ask({}, { headers: { "sec-fetch-site": "same-site" } }),
    await ask({}, { browser: ben }),
    await ask({}, { browser: flow.browser() }),
  ];
  assert.deepEqual(refused, refused.map(() => [403, {}]));
  // The token of another form of the same page is none for this.
  const consent = /name="form" value="([^"]+)"/.exec(scene.page.html.split('action="/consent"')[1] ?? "")
    ?.[1];
  assert.ok(consent);
  assert.deepEqual(await ask({ form: consent }), [403, {}]);
  assert.equal((await anna.open(COUNT)).status, 404);
  assert.deepEqual(door.counted, []);
  assert.equal((await ask({}, { headers: { "sec-fetch-site": "same-origin" } }))[0], 200);
});

Deno.test("count: what no page of ours sends is refused and not counted", async () => {
  await using scene = await createScene();
  const { ask, door } = scene;
  for (
    const fields of [
      { module: "nothing" },
      { module: "" },
      { module: "spaces" },
      { "since.journal": "P9999Y" },
      { "fields.journal": "all" },
      { "in.journal": "somebody-elses" },
      { "since.notes": "P7D" },
    ]
  ) assert.deepEqual(await ask(fields), [422, {}], JSON.stringify(fields));
  assert.deepEqual(door.counted, []);
});

Deno.test("count: no more of one person than anybody clicks; others count on, and so does everybody a minute later", async () => {
  await using scene = await createScene();
  const { ask, flow, door } = scene;
  for (let number = 0; number < COUNTS_PER_PERSON; number += 1) assert.equal((await ask({}))[0], 200);
  const full = await ask({});
  assert.deepEqual(full, [429, {}]);
  assert.equal(door.counted.length, COUNTS_PER_PERSON);
  const ben = await flow.personWithBrowser("ben");
  await connect(flow, ben, { allow: ["notes:read"] });
  const page = await ben.open("/apps");
  const form = /data-count="([^"]+)"/.exec(page.html)?.[1] ?? "";
  assert.equal((await ask({ form }, { browser: ben }))[0], 200);
  flow.clock.now += COUNT_WINDOW_MS;
  assert.equal((await ask({}))[0], 200);
});

Deno.test("count: a gateway that does not answer is said, and nothing of it is remembered", async () => {
  await using scene = await createScene();
  const { ask, door } = scene;
  door.isDown = true;
  assert.deepEqual(await ask({ "since.journal": "P7D" }), [200, {
    label: "Journal",
    words: "only the last 7 days",
    count: "cannot be counted now",
  }]);
  door.isDown = false;
  assert.deepEqual((await ask({}))[0], 200);
});

Deno.test("count: the script may ask this server and nobody else; pages without it may ask nobody", async () => {
  await using scene = await createScene();
  const { anna, page } = scene;
  const policy = ({ headers }: typeof page) => headers.get("content-security-policy") ?? "";
  for (const shown of [page, await anna.open("/apps")]) {
    assert.match(policy(shown), /default-src 'none'.*; connect-src 'self'; script-src 'self'$/);
  }
  for (const path of ["/sign-in", "/approvals", "/activity"]) {
    assert.doesNotMatch(policy(await anna.open(path)), /connect-src/);
  }
  const script = await scene.flow.auth("/count.js");
  assert.equal(script.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.doesNotMatch(await script.text(), /innerHTML|insertAdjacent|document\.write|eval|https?:/);
});

/** Asks as the script of a page does. */
async function count(
  flow: Flow,
  browser: Browser,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<[number, unknown]> {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const answer = await flow.auth(COUNT, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { cookie, origin: ISSUER, ...headers },
  });
  assert.equal(answer.headers.get("cache-control"), "no-store");
  return [answer.status, await answer.json()];
}
