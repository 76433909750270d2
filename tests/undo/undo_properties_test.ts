import assert from "node:assert/strict";
import fc from "fast-check";
import { isJsonObject } from "../../lib/kit/json.ts";
import { at, insert, personal, shared, update } from "../records/_harness.ts";
import { removal } from "../changes/_fold.ts";
import { type Entry, entry, type Shown, shownIn, undone } from "./_undo.ts";

const anna = personal("anna", "org-anna");
const team = shared("team");
const SPACES = ["org-anna", "org-anna", "team", undefined] as const;
const AT = Date.parse(at(60));
const isOfApp = ({ by }: Entry) => by === "app";

/**
 * Logs of several writers whose clocks are anywhere; few stamps make ties. Every value is its own. A field or member is an object or a text
 * by turns, which no app does, unless `isUniform`.
 */
function logs(kinds: readonly string[], stamps: number, isUniform = false) {
  return fc.array(
    fc.record({
      by: fc.constantFrom("app", "app", "app 2", "phone", "laptop"),
      id: fc.constantFrom("1", "1", "2"),
      space: fc.constantFrom(...SPACES),
      kind: fc.constantFrom("insert", "update", "update", "update", ...kinds),
      path: fc.constantFrom("a", "b", "o", "o", "o.x", "o.y", "o.y.z"),
      hasTime: fc.boolean(),
      stamp: fc.nat(stamps - 1),
    }),
    { maxLength: 30 },
  ).map((steps) => steps.map((step, place) => toEntry({ ...step, isUniform }, place)));
}

function toEntry(
  { by, id, space, kind, path, hasTime, stamp, isUniform }: {
    by: string;
    id: string;
    space: string | undefined;
    kind: string;
    path: string;
    hasTime: boolean;
    stamp: number;
    isUniform: boolean;
  },
  place: number,
): Entry {
  const time = at(stamp);
  const valueAt = (path: string): unknown =>
    path === "o"
      ? { x: `x${place}`, y: isUniform || place % 2 === 0 ? valueAt("o.y") : `y${place}` }
      : path === "o.y" && (isUniform || place % 3 === 0)
      ? { z: `z${place}`, w: `w${place}` }
      : `v${place}`;
  const value = path === "o" && !isUniform && place % 3 === 0 ? `o${place}` : valueAt(path);
  if (kind === "insert") {
    const field = path.split(".")[0] ?? path;
    const whole = isUniform ? valueAt(field) : value;
    return entry(by, insert("t", id, { [field]: whole, ...(hasTime ? { createdAt: time } : {}) }, space));
  }
  if (kind === "update") {
    return entry(by, update("t", id, time, { [path]: place % 7 === 0 ? null : value }, space));
  }
  if (kind === "undelete") return entry(by, update("t", id, time, { deletedAt: null }, space));
  return entry(by, removal(id, kind === "hard" ? undefined : time, space));
}

/** Whether the newest write at a path is the app's; undefined where nothing stands there. */
function isNewestOfApp(
  log: readonly Entry[],
  { record }: Shown,
  id: string,
  path: string,
): boolean | undefined {
  const newest = record?.newestAt(path);
  if (newest === undefined) return undefined;
  // Arrivals are counted over the whole log.
  const by = log[newest.cell.seq - 1];
  assert.ok(by?.change.id === id);
  return isOfApp(by);
}

/** Whether something in the record stands as somebody else wrote it after an arrival. */
function holdsOthers(log: readonly Entry[], shown: Shown, id: string, since = 0): boolean {
  const written = log.filter((one) => one.change.id === id).flatMap(({ change }) => change.fields ?? []);
  const paths = [...written.map(({ name }) => name), ...shown.record?.values().keys() ?? []];
  return [...paths, ...shown.leaves.keys()].some((path) => {
    if (["id", "createdAt", "updatedAt", "deletedAt", "spaceId"].includes(path)) return false;
    const newest = shown.record?.newestAt(path);
    return newest !== undefined && newest.cell.seq > since &&
      isNewestOfApp(log, shown, id, path) === false;
  });
}

function checkUndo(log: readonly Entry[]): boolean {
  let hasChanged = false;
  for (const [space, other] of [[anna, team], [team, anna]] as const) {
    for (const id of ["1", "2"]) {
      const before = shownIn(log, space, id);
      const rest = shownIn(withoutApp(log), space, id);
      const { undo, raw } = undone(log, isOfApp, space, AT, id);
      const after = [...log, ...raw.map((one) => entry("undo", one))];
      const shown = shownIn(after, space, id);
      hasChanged ||= raw.length > 0;
      // Everything else is as it was: the other record, and the same id in the other space.
      for (const [where, which] of [[space, id === "1" ? "2" : "1"], [other, "1"], [other, "2"]] as const) {
        assert.deepEqual(plain(shownIn(after, where, which)), plain(shownIn(log, where, which)));
      }
      if (before.state === "absent") assert.deepEqual(raw, []);
      else if (rest.state === "absent") {
        const isKept = before.state === "deleted" || holdsOthers(log, before, id);
        assert.equal(shown.state, isKept ? before.state : "deleted");
        assert.deepEqual([...shown.leaves], [...before.leaves]);
        assert.equal(undo === null || undo.conflicts.length > 0, isKept);
      } else checkFields(log, id, before, rest, shown);
    }
  }
  return hasChanged;
}

/** The part of a path that is put back as one: nothing leads through a value that is no object. */
function unitOf({ record }: Shown, path: string): string {
  const [field = "", ...names] = path.split(".");
  let unit = field;
  let value = record?.cell(field)?.value;
  for (const name of names) {
    if (!isJsonObject(value)) return unit;
    value = value[name];
    unit += `.${name}`;
  }
  return unit;
}

function checkFields(log: readonly Entry[], id: string, before: Shown, rest: Shown, after: Shown): void {
  for (const path of new Set([...before.leaves.keys(), ...rest.leaves.keys(), ...after.leaves.keys()])) {
    const unit = unitOf(before, path);
    const stand = [...before.leaves.keys()].filter((leaf) => leaf === unit || leaf.startsWith(`${unit}.`));
    const isOwn = [unit, ...stand].every((one) => isNewestOfApp(log, before, id, one) === true);
    const expected = isOwn ? rest : before;
    assert.equal(after.leaves.get(path), expected.leaves.get(path), path);
  }
  const isOwn = isNewestOfApp(log, before, id, "deletedAt") === true;
  const deleted = before.record?.newestAt("deletedAt")?.cell.seq;
  const isKept = rest.state === "deleted" && before.state === "live" && holdsOthers(log, before, id, deleted);
  assert.equal(after.state, isOwn && !isKept ? rest.state : before.state);
}

/** The log without the app's changes; the places stay, so that arrivals have the same numbers. */
function withoutApp(log: readonly Entry[]): Entry[] {
  return log.filter((one) => !isOfApp(one));
}

function plain({ state, leaves }: Shown): unknown {
  return [state, [...leaves].toSorted()];
}

for (
  const [what, kinds, stamps] of [
    ["stamps that are equal or not", ["delete", "undelete"], 40],
    ["many equal stamps", ["delete", "undelete"], 4],
    ["hard deletes", ["delete", "undelete", "hard"], 12],
  ] as const
) {
  Deno.test(`property, ${what}: an undo leaves what the log without the app would, but for what others wrote later`, () => {
    let changed = 0;
    fc.assert(
      fc.property(logs(kinds, stamps, true), (log) => {
        if (checkUndo(log)) changed += 1;
      }),
      { numRuns: 3_000 },
    );
    assert.ok(changed > 400, `${changed} runs changed something`);
  });
}

/** The log with an undo of what a writer wrote, of the record and the personal space. */
function withUndo(log: readonly Entry[], id: string, of: string, by: string, seconds: number): Entry[] {
  const { raw } = undone(log, (one) => one.by === of, anna, AT + seconds * 1_000, id);
  return [...log, ...raw.map((one) => entry(by, one))];
}

Deno.test("property: the undo of an undo brings back what was there", () => {
  let changed = 0;
  fc.assert(
    fc.property(logs(["delete", "undelete"], 40), (log) => {
      for (const id of ["1", "2"]) {
        const first = withUndo(log, id, "app", "undo 1", 0);
        const second = withUndo(first, id, "undo 1", "undo 2", 1);
        if (first.length > log.length) changed += 1;
        assert.deepEqual(plain(shownIn(second, anna, id)), plain(shownIn(log, anna, id)));
      }
    }),
    { numRuns: 3_000 },
  );
  assert.ok(changed > 400, `${changed} runs changed something`);
});

Deno.test("property: what an undo put back is of whoever wrote it first, so that undos follow one another in any order", () => {
  fc.assert(
    fc.property(logs(["delete", "undelete"], 40, true), (log) => {
      for (const id of ["1", "2"]) {
        const first = withUndo(log, id, "app", "undo 1", 0);
        assert.equal(withUndo(first, id, "app", "undo 2", 1).length, first.length, "nothing is left to undo");
        const second = withUndo(first, id, "undo 1", "undo 2", 1);
        const third = withUndo(second, id, "app", "undo 3", 2);
        assert.deepEqual(plain(shownIn(third, anna, id)), plain(shownIn(first, anna, id)));
      }
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("property: whoever makes an undo again makes the same changes, and they change nothing more", () => {
  fc.assert(
    fc.property(logs(["delete", "undelete"], 12), fc.nat(3), (log, stored) => {
      const make = (known: readonly Entry[]) => undone(known, isOfApp, anna, AT, "1").raw;
      const raw = make(log);
      // The undo's own changes are left out, whichever of them were stored.
      const part = [...log, ...raw.slice(0, stored).map((one) => entry("undo", one))];
      assert.deepEqual(make(part.filter(({ by }) => by !== "undo")), raw);
      const once = [...log, ...raw.map((one) => entry("undo", one))];
      const twice = [...part, ...raw.map((one) => entry("undo", one))];
      assert.deepEqual(plain(shownIn(twice, anna, "1")), plain(shownIn(once, anna, "1")));
    }),
    { numRuns: 1_000 },
  );
});
