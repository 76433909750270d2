import assert from "node:assert/strict";
import fc from "fast-check";
import { at, insert, personal, shared, update } from "../records/_harness.ts";
import { parse, removal, rows } from "./_fold.ts";

const anna = personal("anna", "org-anna");

const team = shared("team");

const SPACES = ["org-anna", "org-anna", "team", undefined] as const;

/** Logs over few ids, fields and spaces; `stamps` says how many different stamps there are. */
function logs(stamps: number, hasHardDeletes: boolean) {
  const change = fc.record({
    id: fc.constantFrom("1", "2"),
    space: fc.constantFrom(...SPACES),
    kind: fc.constantFrom(
      "insert",
      "update",
      "update",
      "delete",
      "undelete",
      ...(hasHardDeletes ? ["hard"] : []),
    ),
    field: fc.constantFrom("a", "b"),
    value: fc.nat(9),
    stamp: fc.nat(stamps - 1),
  });
  return fc.array(change, { maxLength: 25 });
}

type Step = ReturnType<typeof logs> extends fc.Arbitrary<infer T> ? T extends (infer One)[] ? One : never
  : never;

function toChange({ id, space, kind, field, value }: Step, stamp: string): Record<string, unknown> {
  if (kind === "insert") return insert("t", id, { [field]: value, createdAt: stamp }, space);
  if (kind === "update") return update("t", id, stamp, { [field]: value }, space);
  if (kind === "undelete") return update("t", id, stamp, { deletedAt: null }, space);
  return removal(id, kind === "hard" ? undefined : stamp, space);
}

/** The rule in its plainest form, for distinct stamps: of every field the greatest stamp of the space. */
function naive(log: readonly { step: Step; stamp: string }[], spaces: readonly (string | undefined)[]) {
  const shown: Record<string, Record<string, unknown>> = {};
  for (const id of ["1", "2"]) {
    const mine = log.filter(({ step }) => step.id === id && spaces.includes(step.space))
      .toSorted((a, b) => a.stamp < b.stamp ? -1 : 1);
    if (!mine.some(({ step }) => step.kind === "insert")) continue;
    const row: Record<string, unknown> = {};
    let isDeleted = false;
    for (const { step, stamp } of mine) {
      if (step.kind === "insert" || step.kind === "update") row[step.field] = step.value;
      if (step.kind === "insert") row.createdAt = stamp;
      if (step.kind === "delete" || step.kind === "undelete") isDeleted = step.kind === "delete";
    }
    if (!isDeleted) shown[id] = row;
  }
  return shown;
}

/** The rule of the app with all its parts, one change after the other, as if the space were the only one. */
function stepwise(steps: readonly Step[], spaces: readonly (string | undefined)[]) {
  const held = new Map<
    string,
    { isInserted: boolean; fields: Map<string, { value: unknown; stamp: string }> }
  >();
  for (const step of steps) {
    if (!spaces.includes(step.space)) continue;
    const stamp = at(step.stamp);
    if (step.kind === "hard") {
      held.delete(step.id);
      continue;
    }
    const record = held.get(step.id) ?? { isInserted: false, fields: new Map() };
    held.set(step.id, record);
    if (step.kind === "insert") record.isInserted = true;
    const values: [string, unknown][] = step.kind === "delete"
      ? [["deletedAt", stamp]]
      : step.kind === "undelete"
      ? [["deletedAt", null]]
      : [
        [step.field, step.value],
        ...(step.kind === "insert" ? [["createdAt", stamp] as [string, unknown]] : []),
      ];
    for (const [name, value] of values) {
      if (stamp >= (record.fields.get(name)?.stamp ?? "")) record.fields.set(name, { value, stamp });
    }
  }
  const shown: Record<string, unknown> = {};
  for (const [id, { isInserted, fields }] of [...held].toSorted()) {
    if (!isInserted || fields.get("deletedAt")?.value) continue;
    fields.delete("deletedAt");
    shown[id] = Object.fromEntries([...fields].map(([name, { value }]) => [name, value]));
  }
  return shown;
}

Deno.test("any order and any duplication of changes with distinct stamps folds to what the naive rule says", () => {
  const sample = logs(1, false).chain((steps) => {
    const order = fc.shuffledSubarray(steps.map((_, index) => index), { minLength: steps.length });
    const again = fc.array(fc.nat(Math.max(0, steps.length - 1)), { maxLength: 10 });
    return fc.tuple(fc.constant(steps), order, order, again);
  });
  fc.assert(
    fc.property(sample, ([steps, stampOrder, arrival, again]) => {
      const log = steps.map((step, index) => ({ step, stamp: at(stampOrder[index] ?? 0) }));
      const raw = (index: number) =>
        log.slice(index, index + 1).map(({ step, stamp }) => toChange(step, stamp));
      const changes = parse(...[...arrival, ...(steps.length > 0 ? again : [])].flatMap(raw));
      assert.deepEqual(rows(changes, anna), naive(log, ["org-anna", undefined]));
      const isAmbiguous = log.some(({ step }) => step.space === undefined);
      if (!isAmbiguous) assert.deepEqual(rows(changes, team), naive(log, ["team"]));
    }),
    { numRuns: 500 },
  );
});

Deno.test("with ties, hard deletes and changes of other spaces in between, each space folds as if it were alone", () => {
  fc.assert(
    fc.property(logs(4, true), (steps) => {
      const changes = parse(...steps.map((step) => toChange(step, at(step.stamp))));
      assert.deepEqual(rows(changes, anna), stepwise(steps, ["org-anna", undefined]));
      if (steps.every(({ space }) => space !== undefined)) {
        assert.deepEqual(rows(changes, team), stepwise(steps, ["team"]));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("a suffix of the log that comes again changes nothing, with ties and hard deletes too", () => {
  fc.assert(
    fc.property(logs(4, true), fc.nat(), (steps, from) => {
      const changes = parse(...steps.map((step) => toChange(step, at(step.stamp))));
      const suffix = changes.slice(from % (changes.length + 1));
      for (const space of [anna, team]) {
        assert.deepEqual(rows([...changes, ...suffix, ...suffix], space), rows(changes, space));
      }
    }),
    { numRuns: 500 },
  );
});
