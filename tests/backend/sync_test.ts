import assert from "node:assert/strict";
import { z } from "zod";
import { DELTA_CHANGES, PORTION_CHANGES, PUSH_BODY_BYTES } from "../../backend/kit/limits.ts";
import { makeFolder } from "./_folder.ts";
import {
  type Account,
  bearer,
  createTestBackend,
  ORIGIN,
  post,
  signIn,
  type TestBackend,
} from "../_support/test_backend.ts";
import { EPOCH, FAR, pull, pullAll, push } from "./_sync.ts";
import { makeTeam } from "../_support/team.ts";

const insert = (id: string, table = "tasks", more: object = {}) => ({
  table,
  id,
  op: "insert",
  data: { n: 1 },
  ...more,
});
const many = (count: number, prefix = "r", table = "tasks") =>
  Array.from({ length: count }, (_, i) => insert(`${prefix}${i}`, table));
const ids = (count: number, prefix = "r") => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** A push as text; returns status and body. */
async function pushText(test: TestBackend, who: Account, text: string): Promise<[number, string]> {
  const response = await test.sync("/sync/todo", { method: "POST", headers: bearer(who), body: text });
  return [response.status, await response.text()];
}

Deno.test("health of both services is 503 while nobody new can connect, and metrics count how often", async () => {
  let isListening = false;
  await using test = await createTestBackend({
    listeners: { isListening: () => isListening, failures: () => 2 },
  });
  for (const ask of [test.auth, test.sync]) {
    const response = await ask("/health");
    assert.equal(response.status, 503);
    assert.match(await response.text(), /"status":"not-listening"/);
  }
  assert.match(await (await test.sync("/metrics")).text(), /^mana_listener_failures_total 2$/m);
  isListening = true;
  for (const ask of [test.auth, test.sync]) {
    const response = await ask("/health");
    assert.equal(response.status, 200);
    assert.match(await response.text(), /"status":"ok"/);
  }
});

Deno.test("paging: changes of one instant are all told, in order, and each once", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const count = 2 * PORTION_CHANGES + 1;
  assert.equal(await push(test, anna, many(count)), 200); // the clock stands still
  const { ids: told, syncedUntil } = await pullAll(test, anna, "tasks");
  assert.deepEqual(told, ids(count));
  assert.deepEqual((await pull(test, anna, "tasks", syncedUntil)).ids, []);
  await push(test, anna, [insert("later")]); // still the same instant
  assert.deepEqual((await pull(test, anna, "tasks", syncedUntil)).ids, ["later"]);
});

Deno.test("paging: a page that is exactly full says there is no more", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  await push(test, anna, many(PORTION_CHANGES));
  const page = await pull(test, anna, "tasks");
  assert.deepEqual([page.ids.length, page.hasMore], [PORTION_CHANGES, undefined]);
  assert.match(page.syncedUntil, /T\d\d:\d\d:\d\d\.\d{9}Z$/);
});

Deno.test("paging: rows of two authors come in one order over the pages", async () => {
  await using test = await createTestBackend();
  const [anna, ben] = [await test.person("anna"), await test.person("ben")];
  const spaceId = await makeTeam(test, anna, ben);
  const expected: string[] = [];
  for (let round = 0; round < 30; round++) {
    const author = round % 2 === 0 ? anna : ben;
    const batch = Array.from({ length: 50 }, (_, i) => insert(`${round}-${i}`, "tasks", { spaceId }));
    await push(test, author, batch);
    expected.push(...batch.map((change) => change.id));
  }
  assert.deepEqual((await pullAll(test, anna, "tasks")).ids, expected);
  assert.deepEqual((await pullAll(test, ben, "tasks")).ids, expected);
});

Deno.test("cursor: a clock that is set back hides nothing from a reader", async () => {
  await using folder = await makeFolder();
  let cursor = EPOCH;
  const seen: string[] = [];
  for (const [id, step] of [["a", 0], ["b", -3_600_000], ["c", 5], ["d", -86_400_000]] as const) {
    await using test = await createTestBackend({ data: folder.path });
    test.clock.now += step; // each round also restarts on the same folder
    const anna = id === "a" ? await test.person("anna") : await signIn(test, "anna@mana.test");
    await push(test, anna, [insert(id)]);
    const page = await pull(test, { ...anna }, "tasks", cursor);
    seen.push(...page.ids);
    cursor = page.syncedUntil;
  }
  assert.deepEqual(seen, ["a", "b", "c", "d"]);
});

Deno.test("visibility: members see a space's rows, whoever wrote them; who leaves sees no more", async () => {
  await using test = await createTestBackend();
  const [anna, ben, cara] = [await test.person("anna"), await test.person("ben"), await test.person("cara")];
  const spaceId = await makeTeam(test, anna, ben);
  await push(test, anna, [insert("team", "t", { spaceId }), insert("own", "t"), {
    ...insert("sentinel", "t"),
    spaceId: `_personal:${ben.id}`,
  }]);
  await push(test, cara, [insert("planted", "t", { spaceId })]);
  assert.deepEqual((await pull(test, anna, "t")).ids, ["team", "own", "sentinel", "planted"]);
  assert.deepEqual((await pull(test, ben, "t")).ids, ["team", "planted"]);
  assert.deepEqual((await pull(test, cara, "t")).ids, ["planted"]);

  const left = await test.auth(
    "/api/auth/organization/leave",
    post({ organizationId: spaceId }, { cookie: ben.cookie, ...ORIGIN }),
  );
  assert.equal(left.status, 200, await left.text());
  assert.deepEqual((await pull(test, ben, "t")).ids, []);
});

Deno.test("push: whole or not at all", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const good = insert("good");
  for (
    const bad of [
      { ...insert("bad"), data: { text: "a\u0000b" } },
      { ...insert("bad"), data: { ["a\u0000b"]: 1 } },
      { ...insert("bad"), op: "upsert" },
      { ...insert("") },
      { table: "tasks", id: "bad", op: "update", fields: { title: null } },
      { ...insert("bad"), id: 7 },
      { ...insert("bad"), data: [] },
      null,
    ]
  ) {
    assert.equal(await push(test, anna, [good, bad]), 400, JSON.stringify(bad));
  }
  assert.deepEqual((await pull(test, anna, "tasks")).ids, []);
  assert.deepEqual(test.backendLog, []);
});

Deno.test("push: a failure of the database stores nothing and tells nothing", async () => {
  await using folder = await makeFolder();
  let made = 0;
  await using test = await createTestBackend({
    data: folder.path,
    randomUUID: () => {
      if (made++ === 3) throw new Error("secret detail");
      return crypto.randomUUID();
    },
  });
  const anna = await test.person("anna");
  const [status, text] = await pushText(test, anna, JSON.stringify({ changes: many(5) }));
  assert.deepEqual([status, text], [500, "internal error\n"]);
  assert.deepEqual((await pull(test, anna, "tasks")).ids, []);
  assert.equal(await push(test, anna, many(2)), 200);
});

Deno.test("push: reads JSON as the reference does", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const first = `{"CHANGES":[{"Table":"t","ID":"x","OP":"insert","op":null,"DATA":{"CamelCase":"}{\\""}}]}`;
  assert.equal((await pushText(test, anna, `${first} trailing {"changes":[]}`))[0], 200);
  assert.deepEqual((await pull(test, anna, "t")).serverChanges[0]?.data, { CamelCase: '}{"' });
  for (const text of ["null", "{}", `{"changes":null}`]) {
    assert.equal((await pushText(test, anna, text))[0], 200, text);
  }
  const refused: Record<string, string> = {
    "": "invalid JSON: EOF\n",
    "{": "invalid JSON: unexpected EOF\n",
    [`{"${'\\"'.repeat(5_000_000)}`]: "invalid JSON: unexpected EOF\n", // ten megabytes of a string without an end
    "[]": "invalid JSON: unexpected type\n",
    "\uFEFF{}": "invalid JSON: invalid character\n",
    [`{"changes":[{"table":"t","id":"x","op":"insert","data":{"n":1e999}}]}`]:
      "invalid JSON: number out of range\n",
    [`{"schemaVersion":1.5}`]: "invalid JSON: unexpected type\n",
    [`{"changes":[{},{"id":5}]}`]: "invalid JSON: unexpected type in change 1\n",
    [`{"changes":[{"data":{"deep":${"[".repeat(600)}${"]".repeat(600)}}}]}`]:
      "invalid JSON: exceeded max depth\n",
  };
  for (const [text, reason] of Object.entries(refused)) {
    assert.deepEqual(await pushText(test, anna, text), [400, reason], text.slice(0, 80));
  }
});

Deno.test("push: a member called __proto__ and a lone surrogate come back as data", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const text =
    `{"changes":[{"table":"t","id":"x","op":"insert","data":{"__proto__":{"a":1},"s":"a\\ud800b"}}]}`;
  assert.equal((await pushText(test, anna, text))[0], 200);
  const response = await test.sync(`/sync/todo/pull?collection=t&since=${EPOCH}`, {
    headers: { ...bearer(anna), "x-client-id": "reader" },
  });
  assert.match(await response.text(), /"data":\{"__proto__":\{"a":1\},"s":"a\uFFFDb"\}/);
});

Deno.test("push: ten mebibytes are taken, one byte more is refused, declared or not", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const frame = JSON.stringify({ changes: [{ ...insert("x"), data: { t: "" } }] });
  const fill = (bytes: number) => frame.replace(`"t":""`, () => `"t":"${"x".repeat(bytes - frame.length)}"`);
  assert.equal((await pushText(test, anna, fill(PUSH_BODY_BYTES)))[0], 200);
  const over = fill(PUSH_BODY_BYTES + 1);
  const refusal = "invalid JSON: http: request body too large\n";
  assert.deepEqual(await pushText(test, anna, over), [400, refusal]);
  const chunked = await test.sync("/sync/todo", {
    method: "POST",
    headers: bearer(anna),
    body: ReadableStream.from([new TextEncoder().encode(over)]),
  });
  assert.deepEqual([chunked.status, await chunked.text()], [400, refusal]);
});

Deno.test("push: the delta is cut at its limit with a cursor that loses nothing", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  const total = DELTA_CHANGES + 10;
  await push(test, anna, many(total));
  const Delta = z.object({ serverChanges: z.array(z.object({ id: z.string() })), syncedUntil: z.string() });
  const told: string[] = [];
  for (let since = EPOCH; told.length < total;) {
    const response = await test.sync(
      "/sync/todo",
      post({ clientId: "other", since, changes: [] }, bearer(anna)),
    );
    const delta = Delta.parse(await response.json());
    assert.ok(delta.serverChanges.length > 0);
    told.push(...delta.serverChanges.map((change) => change.id));
    since = delta.syncedUntil;
  }
  assert.deepEqual(told, ids(total));
});

Deno.test("pull: `since` takes offsets and any fraction; what is no time counts as the epoch", async () => {
  await using test = await createTestBackend();
  const anna = await test.person("anna");
  test.clock.now += 1000;
  await push(test, anna, [insert("x")]);
  const shows = async (since: string) => (await pull(test, anna, "tasks", since)).ids.length === 1;
  assert.equal(await shows("2026-05-01T12:00:00.999999999Z"), true);
  assert.equal(await shows("2026-05-01T12:00:01Z"), false);
  assert.equal(await shows("2026-05-01T14:00:01.0+02:00"), false);
  assert.equal(await shows("2026-05-01T14:00:00+02:00"), true);
  assert.equal(await shows("2026-05-01T05:00:01-07:00"), false);
  assert.equal(await shows("2026-13-01T12:00:00Z"), true);
  assert.equal(await shows("2026-05-32T12:00:00Z"), true);
  assert.equal(await shows("1777636800000"), true);
  assert.equal(await shows(FAR), false);
});

Deno.test("restart: everything is there, and cursors go on", async () => {
  await using folder = await makeFolder();
  const before = await createTestBackend({ data: folder.path });
  const anna = await before.person("anna");
  const init = await before.auth("/api/v1/me/encryption-vault/init", {
    method: "POST",
    headers: bearer(anna),
  });
  const key = await init.json();
  await push(before, anna, [insert("a")]);
  const { syncedUntil } = await pull(before, anna, "tasks");
  await before.backend.close();

  await using after = await createTestBackend({ data: folder.path });
  assert.deepEqual((await pull(after, anna, "tasks")).ids, ["a"]); // the old token still holds
  await push(after, anna, [insert("b")]);
  assert.deepEqual((await pull(after, anna, "tasks", syncedUntil)).ids, ["b"]);
  const again = await after.auth("/api/v1/me/encryption-vault/key", { headers: bearer(anna) });
  assert.deepEqual(await again.json(), key);
  assert.equal((await after.auth("/api/auth/get-session", { headers: { cookie: anna.cookie } })).status, 200);
});
