import assert from "node:assert/strict";
import { assertNothingLeaked, breakDown, FAULT_NAMES, type FaultName, FAULTS } from "../_support/faults.ts";
import { call, callOk, rpc } from "../_support/mcp.ts";
import { inSpace } from "../_support/team.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

const AUTH_DOWN = "The auth service is not available: try again later.";
const SYNC_DOWN = "The sync service is not available: try again later.";
const VAULT_DOWN = "The key vault is not available: try again later.";
const NOT_A_KEY = "The key vault answered with something that is not a key: ask your operator.";
const INACTIVE = "Your sync subscription is inactive: activate it in the Mana app, then repeat the call.";
const refusedBy = (service: string) =>
  `The ${service} refused your token: sign in again and repeat the call.`;

/** Words for each fault; `others` for all that are not named. */
type Words = Readonly<Partial<Record<FaultName, string>> & { others: string }>;

async function eachFault(
  act: (
    world: World,
    person: Person,
    fault: FaultName,
  ) => Promise<readonly [expected: string, found: string]>,
): Promise<void> {
  await using world = await createWorld({ env: { POLICY_MODE: "off", LEDGER: "off" } });
  const anna = await world.person("anna");
  for (const fault of FAULT_NAMES) {
    const [expected, found] = await act(world, anna, fault);
    assert.equal(found, expected, fault);
    assertNothingLeaked(world, found);
    // Nothing of one case may be remembered in the next: caches and tokens run out in between.
    world.intercept = null;
    world.clock.now += 6 * 60_000;
    await anna.refresh();
  }
}

/** What a call is refused with, or "ok". A token that a service refused is refused by the edge, in the same words. */
async function wordsOf(
  [world, person, fault]: readonly [World, Person, FaultName],
  name: string,
  args: Record<string, unknown> = {},
): Promise<string> {
  if (fault === "401") {
    const { status, body } = await rpc(world, person, "tools/call", { name, arguments: args });
    assert.equal(status, 401);
    return body.error?.message ?? "no words";
  }
  const outcome = await call(world, person, name, args);
  return outcome.ok ? "ok" : outcome.message;
}

const wordsFor = (words: Words, fault: FaultName) => words[fault] ?? words.others;

Deno.test("sync pull: every fault is refused in fixed words, and nothing of the answer gets out", async () => {
  const words: Words = { "401": refusedBy("sync service"), "402": INACTIVE, others: SYNC_DOWN };
  await eachFault(async (world, person, fault) => {
    const broken = breakDown(world, "/pull?", fault);
    const found = await wordsOf([world, person, fault], "habits_list");
    const isRepeated = ["408", "429", "500", "503 as JSON", "an error body without end"].includes(fault) ||
      ["a lost connection", "a body that breaks off"].includes(fault);
    assert.equal(broken.count(), isRepeated ? 3 : 1, fault);
    return [wordsFor(words, fault), found];
  });
});

Deno.test("sync push: what was surely not stored is refused, anything else is unknown, with the id", async () => {
  const final: Words = {
    "401": refusedBy("sync service"),
    "402": INACTIVE,
    "403": SYNC_DOWN,
    "404": SYNC_DOWN,
    "429": SYNC_DOWN,
    "a redirect": SYNC_DOWN,
    "a permanent redirect": SYNC_DOWN,
    others: "unknown",
  };
  await eachFault(async (world, person, fault) => {
    const before = world.upstreamCalls.length;
    const broken = breakDown(world, "/sync/", fault, "POST");
    const found = await wordsOf([world, person, fault], "todo_create", { title: "x" });
    const bodies = world.upstreamCalls.slice(before).filter(({ method }) => method === "POST")
      .map(({ body }) => body);
    const isFinal = wordsFor(final, fault) !== "unknown" && fault !== "429";
    assert.equal(broken.count(), isFinal ? 1 : 4, fault);
    assert.equal(new Set(bodies).size, 1, `${fault}: a repetition differs`);
    const id = /"id":"([0-9a-f-]{36})"/.exec(bodies[0] ?? "")?.[1];
    const unknown =
      `It is unknown whether the task was stored (${id}): the sync service gave no answer in time. ` +
      "List before you repeat the call.";
    const expected = wordsFor(final, fault);
    return [expected === "unknown" ? unknown : expected, found];
  });
});

Deno.test("vault: every fault is refused in fixed words before anything is pushed", async () => {
  const words: Words = {
    "401": refusedBy("key vault"),
    "JSON of another shape": NOT_A_KEY,
    others: VAULT_DOWN,
  };
  await eachFault(async (world, person, fault) => {
    breakDown(world, "/encryption-vault/key", fault);
    const before = world.upstreamCalls.length;
    const found = await wordsOf([world, person, fault], "notes_create", { title: "x" });
    const pushes = world.upstreamCalls.slice(before).filter(({ method }) => method === "POST");
    assert.equal(pushes.length, 0);
    return [wordsFor(words, fault), found];
  });
});

Deno.test("list of spaces: every fault is 503 or refused in words, never a guess", async () => {
  await eachFault(async (world, person, fault) => {
    breakDown(world, "/organization/list", fault);
    const outcome = await call(world, person, "spaces_list");
    const named = await rpc(world, person, "tools/list", {}, { headers: inSpace(person.personalSpace) });
    assertNothingLeaked(world, named.text, JSON.stringify([...named.headers]));
    // A 401 of a service that never took a token there means that it takes none, which this tool explains (see the isolation
    // tests).
    const words = fault === "401" ? "ok" : AUTH_DOWN;
    return [`${words} 503`, `${outcome.ok ? "ok" : outcome.message} ${named.status}`];
  });
});

Deno.test("keys of the auth service: every fault is HTTP 503, never a 401 that would sign people out", async () => {
  for (const fault of FAULT_NAMES) {
    await using world = await createWorld();
    const anna = await world.person("anna");
    breakDown(world, "/api/auth/jwks", fault);
    const answer = await rpc(world, anna, "tools/call", { name: "habits_list", arguments: {} });
    assert.deepEqual([answer.status, answer.body.error?.message], [503, AUTH_DOWN], fault);
    assert.equal(answer.headers.get("www-authenticate"), null);
    assert.equal(answer.headers.get("retry-after"), "5");
    assertNothingLeaked(world, answer.text, JSON.stringify([...answer.headers]));
    world.intercept = null;
    await callOk(world, anna, "habits_list");
  }
});

Deno.test("the faults are faults: a marked text in an answer or a log line is found", async () => {
  await using world = await createWorld();
  const body = await FAULTS["500"]().text();
  assert.throws(() => assertNothingLeaked(world, body));
  world.logLines.push(body);
  assert.throws(() => assertNothingLeaked(world));
});
