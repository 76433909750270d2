import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { MAX_JSON_DEPTH } from "../../lib/kit/limits.ts";
import { createShare, MAX_RECORD_ID_CHARS, parseChange } from "../../lib/changes/change.ts";
import { isJsonObject } from "../../lib/kit/json.ts";

/** What an entry has to be, said by a schema: the parser is written by hand and must take the same language. */
const Text = z.string().nullish().catch(undefined);
const Members = z.custom<object>(isJsonObject);
const Entry = z.object({
  eventId: Text,
  table: z.literal("t"),
  id: z.string().min(1).max(256),
  op: z.enum(["insert", "update", "delete"]),
  spaceId: Text,
  data: Members.nullish(),
  fields: Members.refine((fields) =>
    Object.values(fields).every((field) => isJsonObject(field) && Object.hasOwn(field, "value"))
  ).nullish(),
  deletedAt: Text,
  actor: Members.nullish().catch(undefined),
  origin: Text,
});

/** The same change in its plainest form; null for an entry that is none. Depth is another test's. */
function expected(entry: unknown) {
  const parsed = Entry.safeParse(entry);
  if (!parsed.success) return null;
  const { eventId, id, op, spaceId, deletedAt, actor, origin } = parsed.data;
  const data = parsed.data.data ?? null;
  const fields = parsed.data.fields
    ? Object.entries(parsed.data.fields).map(([name, field]) => {
      const stamp = field.at ?? field.updatedAt;
      return { name, value: field.value, stamp: typeof stamp === "string" ? stamp : "" };
    })
    : null;
  const inData = Object.entries(data ?? {}).find(([name]) => name === "spaceId")?.[1];
  const inFields = fields?.find(({ name }) => name === "spaceId")?.value;
  const space = [spaceId, inData, inFields].find((id) => typeof id === "string" && id !== "") ?? "";
  return {
    eventId: eventId ?? null,
    id,
    op,
    spaceId: space,
    data,
    fields,
    deletedAt: deletedAt || null,
    actor: actor ?? null,
    origin: origin || null,
  };
}

const junk = fc.constantFrom(null, 0, 5, "", "x", true, [], {}, [{ value: 1 }]);
const name = fc.constantFrom(
  "a",
  "id",
  "spaceId",
  "authorId",
  "createdAt",
  "updatedAt",
  "__proto__",
  "toString",
);
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom("1", "team", "2026-05-20T08:00:00.000Z"),
);
/** Text of an object: one of this language could not hold `__proto__`. */
const objectOf = (value: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(name, value), { maxLength: 5 }).map((members) =>
    `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`
  );
const textOf = (value: fc.Arbitrary<unknown>) => value.map((value) => JSON.stringify(value));
const mostly = (usual: fc.Arbitrary<string>) => fc.oneof({ weight: 12, arbitrary: usual }, textOf(junk));
const stamp = fc.constantFrom<unknown>("s1", "s1", "s2", "", null, 5);
const field = fc.record({ value: json, at: stamp, updatedAt: stamp }, { requiredKeys: ["value"] });
const entry = fc.record({
  eventId: mostly(textOf(fc.uuid())),
  table: mostly(fc.constant('"t"')),
  id: mostly(textOf(fc.constantFrom("1", "team", "__proto__", "x".repeat(256), "x".repeat(257)))),
  op: mostly(textOf(fc.constantFrom("insert", "update", "delete"))),
  spaceId: mostly(textOf(fc.constantFrom("team", ""))),
  data: mostly(objectOf(textOf(json))),
  fields: mostly(objectOf(mostly(textOf(field)))),
  deletedAt: mostly(textOf(fc.constantFrom("s1", "", null))),
  actor: mostly(objectOf(textOf(json))),
  origin: mostly(textOf(fc.constantFrom("agent", "user", ""))),
  other: textOf(json),
}, { requiredKeys: ["table"] }).map((members) =>
  `{${Object.entries(members).map(([name, text]) => `"${name}":${text}`).join()}}`
);

Deno.test("an entry is a change exactly when the schema says so, and reads the same", () => {
  let taken = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 20, arbitrary: entry }, textOf(junk)), (text) => {
      const change = parseChange(JSON.parse(text), "t", createShare());
      assert.deepEqual(change, expected(JSON.parse(text)));
      if (change === null) refused += 1;
      else taken += 1;
    }),
    { numRuns: 5000 },
  );
  assert.ok(taken > 500 && refused > 500, `${taken} taken, ${refused} refused`);
});

Deno.test("an entry as deep as JSON may be is a change, one level more is none, wherever it is", () => {
  const nested = (levels: number): unknown => {
    let value: unknown = levels % 2 === 0 ? [] : {};
    for (let level = 1; level < levels; level++) value = level % 3 === 0 ? [0, value] : { a: value };
    return value;
  };
  const take = (entry: Record<string, unknown>) =>
    parseChange({ table: "t", id: "1", op: "insert", ...entry }, "t", createShare()) !== null;
  assert.ok(take({ data: { a: nested(MAX_JSON_DEPTH - 2) } }));
  assert.ok(!take({ data: { a: nested(MAX_JSON_DEPTH - 1) } }));
  assert.ok(take({ fields: { a: { value: nested(MAX_JSON_DEPTH - 3) } } }));
  assert.ok(!take({ fields: { a: { value: nested(MAX_JSON_DEPTH - 2) } } }));
  assert.ok(take({ actor: nested(MAX_JSON_DEPTH - 1) }));
  assert.ok(!take({ actor: nested(MAX_JSON_DEPTH) }));
  assert.ok(!take({ data: { a: nested(1_000_000) } }), "and no stack is too small for it");
});

Deno.test("an id as long as tools take is one, a longer one is none, whatever the change is", () => {
  for (const op of ["insert", "update", "delete"]) {
    const take = (id: string) => parseChange({ table: "t", id, op }, "t", createShare());
    assert.equal(take("é".repeat(MAX_RECORD_ID_CHARS))?.op, op);
    assert.equal(take("é".repeat(MAX_RECORD_ID_CHARS + 1)), null);
    assert.equal(take("a\ud83d"), null, "no client could name it");
    assert.equal(take("\u{1f600}".repeat(MAX_RECORD_ID_CHARS / 2 + 1)), null, "as a schema counts");
  }
});

Deno.test("the entry itself stays as it was", () => {
  const entry = { table: "t", id: "1", op: "insert", data: { id: "1", spaceId: "team", deep: { a: [1] } } };
  const before = structuredClone(entry);
  const change = parseChange(entry, "t", createShare());
  assert.ok(change?.data);
  assert.notEqual(change.data, entry.data);
  assert.deepEqual(entry, before);
  assert.ok(!Object.isFrozen(entry.data.deep));
});
