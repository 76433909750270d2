// Changes of every form that the gateway could push, and what the sync service makes of them on their way: what Go's JSON package,
// PostgreSQL's jsonb and numbers of 64 bits do to spelling and order, written from the contract (sync sections 2 and 3).
import fc from "fast-check";
import type { RecordChange } from "../../lib/changes/push_changes.ts";
import type { PushActor } from "../../lib/changes/sync_messages.ts";

/** Any UTF-16 text but U+0000, which the service refuses: half pairs, `<`, U+2028 and all. */
const text = fc.oneof(
  fc.string(),
  fc.array(fc.integer({ min: 1, max: 0xffff }), { maxLength: 12 }).map((units) =>
    String.fromCharCode(...units)
  ),
  fc.constantFrom("<b>&amp;</b>", "\u2028\u2029", "\ud83d\ude00", "\ud800", "a\udc00b", "\uffff", "é\u0301"),
);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, -0, 1e21, 1e-7, 5e-324, 2 ** 53 + 2, 0.1, 1.5e300),
);
const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom(
    "title",
    "schedule.time",
    "a.b.c",
    "deletedAt",
    "updatedAt",
    "Title",
    "é",
    "__proto__",
    "10",
    "9",
  ),
).filter((key) => !key.includes("\0") && key.isWellFormed());
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(name, tie("value")), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
  ),
})).value;
const stamp = fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());
const spaceId = fc.option(fc.constantFrom("", "org_1", "_personal:anna"), { nil: undefined });
// No table has a field of this name, and the embedded service drops an update of it.
const fieldName = name.filter((key) => key !== "__proto__");
const values = fc.array(fc.tuple(fieldName, json), { minLength: 1, maxLength: 6 })
  .map((pairs) => new Map(pairs));

/** Any change that the gateway could push, and some that it would not. */
export const anyChange: fc.Arbitrary<RecordChange> = fc.oneof(
  fc.record({ id: fc.uuid(), spaceId, inData: spaceId, values }).map(({ id, spaceId, inData, values }) => ({
    id,
    op: "insert" as const,
    ...(spaceId === undefined ? {} : { spaceId }),
    data: { ...Object.fromEntries(values), id, ...(inData === undefined ? {} : { spaceId: inData }) },
  })),
  fc.record({ id: fc.uuid(), spaceId, values, stamp }).map(({ id, spaceId, values, stamp }) => ({
    id,
    op: "update" as const,
    ...(spaceId === undefined ? {} : { spaceId }),
    fields: Object.fromEntries(
      [...values].map(([name, value]) => [name, { value, at: stamp, updatedAt: stamp }]),
    ),
  })),
  fc.record({ id: fc.uuid(), spaceId, deletedAt: fc.option(stamp, { nil: undefined }) })
    .map(({ id, spaceId, deletedAt }) => ({
      id,
      op: "delete" as const,
      ...(spaceId === undefined ? {} : { spaceId }),
      ...(deletedAt === undefined ? {} : { deletedAt }),
    })),
);

/** The change as a pull of the real service gives it back. */
export function throughService(
  table: string,
  change: RecordChange,
  actor: PushActor,
): Record<string, unknown> {
  const { id, op, spaceId, data, fields, deletedAt } = change;
  const space = [spaceId, data?.spaceId, fields?.spaceId?.value]
    .find((one) => typeof one === "string" && one !== "");
  const stored = op === "insert" ? { data } : op === "update"
    ? {
      fields: Object.fromEntries(
        Object.entries(fields ?? {}).map(([key, { value, at }]) => [key, { value, at }]),
      ),
    }
    : { deletedAt };
  const sent = JSON.stringify({
    eventId: crypto.randomUUID(),
    schemaVersion: 1,
    table,
    id,
    op,
    ...stored,
    actor,
  });
  const answer = respelled(JSON.parse(sent));
  const entry = JSON.parse(
    space === undefined ? answer : answer.replace(/\}$/, `,"spaceId":${JSON.stringify(space)}}`),
  );
  return entry;
}

/** JSON as Go writes what PostgreSQL has kept: members by length and bytes, `<` escaped, exponents, half pairs replaced. */
function respelled(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.toWellFormed()).replace(
      /[<>&\u2028\u2029]/g,
      (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  }
  if (typeof value === "number") return value.toExponential();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(respelled).join(",")}]`;
  const bytes = (key: string) => new TextEncoder().encode(key).toHex();
  const byLength = ([a]: [string, unknown], [b]: [string, unknown]) =>
    bytes(a).length - bytes(b).length || (bytes(a) < bytes(b) ? -1 : 1);
  return `{${
    Object.entries(value).sort(byLength).map(([key, one]) => `${respelled(key)}:${respelled(one)}`).join(",")
  }}`;
}
