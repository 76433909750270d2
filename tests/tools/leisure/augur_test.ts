import assert from "node:assert/strict";
import {
  HABITS,
  lastChange,
  masterKey,
  push,
  pushInsert,
  seal,
  stampAt,
  withoutPush,
} from "../../_support/device.ts";
import { listed, notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteWithYes } from "../people/_deleting.ts";

const SIGNS = { app: "augur", table: "augurEntries" };
const HUNCH = { kind: "hunch", source: "Bauch", claim: "Es regnet" };

async function capture(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "augur_capture", { ...HUNCH, ...args })).id);
}

async function claims(world: World, person: Person, args: Record<string, unknown> = {}): Promise<unknown[]> {
  return (await listed(world, person, "augur_list", args)).rows.map(({ claim }) => claim);
}

Deno.test("augur.capture: a sign is private and of today, unless a day is given", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await capture(world, anna, { probability: 0.7, expectedBy: "2026-03-10" });
  const { data } = await lastChange(world, anna, SIGNS, id);
  assert.deepEqual([data?.visibility, data?.authorId, data?.isPrivate, data?.encounteredAt, data?.vibe], [
    "private",
    anna.id,
    true,
    "2026-03-01",
    "mysterious",
  ]);
  const old = await capture(world, anna, { encounteredAt: "2025-01-01" });
  assert.equal((await lastChange(world, anna, SIGNS, old)).data?.encounteredAt, "2025-01-01");
});

Deno.test("augur.list: open ones by their day, due ones, all by when they came", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await capture(world, anna, { claim: "ever", encounteredAt: "2026-02-01" });
  await capture(world, anna, {
    claim: "late",
    expectedBy: "2026-04-01",
    kind: "omen",
    encounteredAt: "2026-02-02",
  });
  await capture(world, anna, {
    claim: "due",
    expectedBy: "2026-03-01",
    tags: ["Wetter"],
    encounteredAt: "2026-02-03",
  });
  const done = await capture(world, anna, { claim: "done", encounteredAt: "2026-02-04" });
  await callOk(world, anna, "augur_resolve", { id: done, outcome: "partly" });
  assert.deepEqual(await claims(world, anna), ["due", "late", "ever"]);
  assert.deepEqual(await claims(world, anna, { show: "due" }), ["due"]);
  assert.deepEqual(await claims(world, anna, { show: "all" }), ["done", "due", "late", "ever"]);
  assert.deepEqual(await claims(world, anna, { kind: "omen" }), ["late"]);
  assert.deepEqual(await claims(world, anna, { query: "wetter" }), ["due"]);
});

Deno.test("augur.resolve: outcome, note and time together; open takes the answer back", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await capture(world, anna, {});
  const resolve = async (args: Record<string, unknown>) => {
    const { changed } = await callOk(world, anna, "augur_resolve", { id, ...args });
    const { rows: [sign] } = await listed(world, anna, "augur_list", { show: "all" });
    return [changed, sign?.outcome, sign?.outcomeNote, typeof sign?.resolvedAt];
  };
  assert.deepEqual(await resolve({ outcome: "fulfilled", note: "nass" }), [
    true,
    "fulfilled",
    "nass",
    "string",
  ]);
  const { fields } = await lastChange(world, anna, SIGNS, id);
  assert.deepEqual(Object.keys(fields ?? {}).sort(), ["outcome", "outcomeNote", "resolvedAt", "updatedAt"]);
  world.clock.now += 60_000;
  assert.deepEqual(await resolve({ outcome: "fulfilled" }), [false, "fulfilled", "nass", "string"]);
  assert.deepEqual(await resolve({ outcome: "not-fulfilled" }), [true, "not-fulfilled", null, "string"]);
  assert.deepEqual(await resolve({ outcome: "open" }), [true, "open", null, "object"]);
});

/** Signs of earlier days, as another device has stored them. */
async function past(
  world: World,
  person: Person,
  count: number,
  sign: Record<string, unknown>,
): Promise<void> {
  const key = await masterKey(world, person);
  const [source, claim] = [await seal(key, "Traum"), await seal(key, String(sign.claim ?? "Es regnet"))];
  const at = stampAt(world);
  await push(
    world,
    person,
    SIGNS,
    Array.from({ length: count }, () => {
      const id = crypto.randomUUID();
      const data = {
        kind: "omen",
        sourceCategory: "dream",
        vibe: "bad",
        outcome: "open",
        encounteredAt: "2025-05-05",
        ...sign,
        source,
        claim,
        id,
        spaceId: person.personalSpace,
        authorId: person.id,
        visibility: "private",
        createdAt: at,
      };
      return { id, op: "insert", spaceId: person.personalSpace, data };
    }),
  );
}

Deno.test("augur.oracle: silent below 50 signs and below 3 that are alike, else it counts what came true", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ask = async (args: Record<string, unknown>) => {
    const { remarks: _remarks, ...answer } = await callOk(world, anna, "augur_oracle", args);
    return answer;
  };
  await past(world, anna, 2, { outcome: "fulfilled" });
  await past(world, anna, 1, { outcome: "partly", claim: "Ein Sturm kommt" });
  await past(world, anna, 1, { outcome: "not-fulfilled" });
  await past(world, anna, 2, { outcome: "fulfilled", vibe: "good" });
  await past(world, anna, 43, {});
  assert.deepEqual(await ask({ kind: "omen" }), { speaks: false, signs: 0, why: "49 signs, of at least 50" });
  await past(world, anna, 1, { encounteredAt: "2024-01-01" });
  assert.deepEqual(await ask({ kind: "omen", vibe: "bad" }), {
    speaks: true,
    signs: 4,
    fulfilled: 2,
    partly: 1,
    notFulfilled: 1,
    hitRate: 0.625,
  });
  assert.deepEqual(await ask({ kind: "omen", vibe: "good", sourceCategory: "dream" }), {
    speaks: false,
    signs: 2,
    why: "2 resolved signs alike, of at least 3",
  });
  assert.deepEqual(await ask({ query: "sturm" }), {
    speaks: false,
    signs: 1,
    why: "1 resolved sign alike, of at least 3",
  });
  assert.equal((await ask({ query: "regnet" })).hitRate, 0.8);
});

Deno.test("augur.oracle: the statistics of a year, whatever their number", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await past(world, anna, 1, { outcome: "fulfilled", vibe: "good" });
  await past(world, anna, 2, { kind: "hunch" });
  await past(world, anna, 1, { encounteredAt: "2024-12-31" });
  const { remarks: _remarks, ...year } = await callOk(world, anna, "augur_oracle", { year: 2025 });
  assert.deepEqual(year, {
    speaks: true,
    signs: 3,
    fulfilled: 1,
    partly: 0,
    notFulfilled: 0,
    hitRate: 1,
    byKind: { omen: 1, hunch: 2 },
    byVibe: { good: 1, bad: 2 },
    byCategory: { dream: 3 },
  });
  assert.equal((await callOk(world, anna, "augur_oracle", { year: 2020 })).hitRate, null);
  assert.match(
    await callRefused(world, anna, "augur_oracle", {}),
    /give what is known of the sign, or a year/,
  );
});

Deno.test("augur: what cannot be is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await pushInsert(world, anna, HABITS, "run", { title: "Run" });
  await withoutPush(world, async () => {
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ kind: "rumour" }, /kind: /],
      [{ source: "" }, /source: expected at least one visible character/],
      [{ probability: 1.1 }, /probability: expected at most 1/],
      [{ expectedBy: "2026-02-28" }, /expectedBy: it is before the day of the sign, 2026-03-01/],
      [{ encounteredAt: "2026-13-01" }, /encounteredAt: expected an existing day/],
      [{ claim: "x".repeat(200_000) }, /claim: /],
      [{ claim: "enc:1:x" }, /enc:/],
    ];
    for (const [args, words] of bad) {
      assert.match(await callRefused(world, anna, "augur_capture", { ...HUNCH, ...args }), words);
    }
    for (const id of ["nowhere", "run"]) {
      const args = { id, outcome: "fulfilled" };
      assert.equal(await callRefused(world, anna, "augur_resolve", args), notFound("sign", id));
    }
    assert.match(await callRefused(world, anna, "augur_resolve", { id: "x", outcome: "maybe" }), /outcome: /);
  });
});

Deno.test("augur.delete: the question names the sign, which is gone after a yes", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const id = await capture(world, anna, {});
  const { sentence } = await deleteWithYes(world, anna, "augur_delete", { id });
  assert.match(sentence, /Delete the sign "Es regnet"\?/);
  assert.deepEqual(await claims(world, anna, { show: "all" }), []);
});
