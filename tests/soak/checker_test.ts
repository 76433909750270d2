import assert from "node:assert/strict";
import type { Answer } from "../../soak/answer.ts";
import { checkListings } from "../../soak/check_listings.ts";
import { checkReads } from "../../soak/check_reads.ts";
import { checkWrites } from "../../soak/check_writes.ts";
import { createHeldRows } from "../../soak/held_rows.ts";
import { type ClientWrite, createHistory, type History } from "../../soak/history.ts";
import type { Person, Place } from "../../soak/people.ts";
import type { LogRow } from "../../soak/sequential_fold.ts";
import type { SoakClient } from "../../soak/soak_client.ts";
import { HABITS } from "../../soak/tables.ts";
import { type Check, CHECKS, createVerdicts, type Verdicts } from "../../soak/verdicts.ts";

/** A checker that cannot fail proves nothing: each violation is shown to it once, and so is what must not be one. */

const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
const place: Place = { label: "@p0", id: "space-0", kind: "personal" };
const person: Person = {
  name: "p0",
  id: "user-0",
  email: "p0@mana.test",
  password: "",
  cookie: "",
  key,
  places: [place],
  token: () => "",
  refresh: () => Promise.resolve(true),
};
const EARLY = "2026-03-01T12:00:00.000Z";
const NOON = "2026-03-01T12:00:01.000Z";
const LATE = "2026-03-01T12:00:02.000Z";
const title = "@p0 client #1";
const habit = {
  title,
  icon: "star",
  color: "#000000",
  targetPerDay: null,
  defaultDuration: null,
  order: 0,
  isArchived: false,
  schedule: null,
};

function write(changes: Partial<ClientWrite> = {}): ClientWrite {
  return {
    client: "client",
    person,
    place,
    table: HABITS,
    kind: "insert",
    tool: "habits.create",
    id: "h1",
    values: { title },
    before: null,
    startedAt: EARLY,
    outcome: "acknowledged",
    reason: "",
    record: { id: "h1", ...habit, createdAt: NOON },
    ...changes,
  };
}

const actor = { displayName: "client", rationale: "habits.create" };
const inserted: LogRow = {
  eventId: "e1",
  id: "h1",
  op: "insert",
  spaceId: place.id,
  data: { ...habit, createdAt: NOON, updatedAt: NOON },
  actor,
};
const rename = (value: string, at: string, eventId = "e2"): LogRow => ({
  eventId,
  id: "h1",
  op: "update",
  spaceId: place.id,
  fields: { title: { value, at } },
  actor: { displayName: "phone" },
});

/** Which checks failed. */
async function failed(
  check: (verdicts: Verdicts, history: History) => void | Promise<void>,
): Promise<Check[]> {
  const verdicts = createVerdicts();
  await check(verdicts, createHistory());
  return CHECKS.filter((name) => verdicts.of(name).failed > 0);
}

const writesAgainst = (writes: readonly ClientWrite[], rows: readonly LogRow[]) =>
  failed(async (verdicts, history) => {
    history.writes.push(...writes);
    await checkWrites(history, new Map([["client", person]]), [{ person, table: HABITS, rows }], verdicts);
  });

const STORED = "every acknowledged write of a client is in the log";
const EXACT = "it is there exactly as acknowledged";
const NOTHING_ELSE = "nothing is there that was refused for certain or never asked for";

Deno.test("writes: acknowledged means stored, exactly and once per push; refused means nothing; unknown means either", async () => {
  const unknown = write({ outcome: "unknown", id: null, record: null });
  const refused = write({ outcome: "refused", id: null, record: null });
  assert.deepEqual(await writesAgainst([write()], [inserted]), []);
  assert.deepEqual(await writesAgainst([write()], [inserted, { ...inserted, eventId: "e9" }]), []);
  assert.deepEqual(await writesAgainst([write()], []), [STORED]);
  const other = { ...inserted, data: { ...inserted.data, color: "#ffffff" } };
  assert.deepEqual(await writesAgainst([write()], [other]), [EXACT]);
  assert.deepEqual(await writesAgainst([unknown], []), []);
  assert.deepEqual(await writesAgainst([unknown], [inserted]), []);
  assert.deepEqual(await writesAgainst([unknown], [inserted, { ...inserted, id: "h2" }]), [NOTHING_ELSE]);
  assert.deepEqual(await writesAgainst([refused], [inserted]), [NOTHING_ELSE]);
  assert.deepEqual(await writesAgainst([], [inserted]), [NOTHING_ELSE]);
});

Deno.test("changes: as many in the log as acknowledged, at most the unknown ones more, with the values that were sent", async () => {
  const change = (outcome: ClientWrite["outcome"]) =>
    write({
      kind: "update",
      tool: "habits.update",
      outcome,
      record: null,
      values: { title: "@p0 client #2" },
    });
  const row = (at: string, value = "@p0 client #2"): LogRow => ({
    ...rename(value, at, at),
    actor: { displayName: "client", rationale: "habits.update" },
  });
  assert.deepEqual(await writesAgainst([change("acknowledged")], [row(NOON), row(NOON)]), []);
  assert.deepEqual(await writesAgainst([change("acknowledged")], [row(NOON), row(LATE)]), [NOTHING_ELSE]);
  assert.deepEqual(
    await writesAgainst([change("acknowledged"), change("unknown")], [row(NOON), row(LATE)]),
    [],
  );
  assert.deepEqual(await writesAgainst([change("acknowledged")], [row(NOON, "something else")]), [EXACT]);
  assert.deepEqual(await writesAgainst([change("refused")], [row(NOON)]), [NOTHING_ELSE]);
});

Deno.test("reads after a write: the write or something later, never something older or nothing", async () => {
  const shown = (row: { id: string; title?: string; unreadable?: string[] } | null, ...rows: LogRow[]) =>
    failed(async (verdicts, history) => {
      history.reads.push({ write: write(), row });
      await checkReads(history, [{ person, table: HABITS, rows }], verdicts);
    });
  const OWN = ["a person reads their own acknowledged writes"];
  assert.deepEqual(await shown({ id: "h1", title }, inserted), []);
  assert.deepEqual(await shown({ id: "h1", title: "newer" }, inserted, rename("newer", LATE)), []);
  assert.deepEqual(await shown({ id: "h1", title: "older" }, inserted, rename("older", EARLY)), OWN);
  assert.deepEqual(await shown({ id: "h1", title: "made up" }, inserted), OWN);
  assert.deepEqual(await shown(null, inserted), OWN);
  const closed = { id: "h1", unreadable: ["title"] };
  assert.deepEqual(await shown(closed, inserted, rename("enc:1:AAAAAAAAAAAAAAAA.AAAA", LATE)), []);
  assert.deepEqual(await shown(closed, inserted), OWN);
  const replaced = { id: "h1", title: "from a clock ahead" };
  const lost = await failed(async (verdicts, history) => {
    const change = {
      kind: "update",
      tool: "habits.update",
      values: { title: "mine" },
      before: replaced,
    } as const;
    history.reads.push({ write: write(change), row: replaced });
    const mine = { ...rename("mine", NOON), actor: { displayName: "client", rationale: "habits.update" } };
    const rows = [inserted, rename("from a clock ahead", LATE), mine];
    await checkReads(history, [{ person, table: HABITS, rows }], verdicts);
  });
  assert.deepEqual(lost, OWN);
  assert.deepEqual(
    await shown(null, inserted, { eventId: "e3", id: "h1", op: "delete", deletedAt: LATE }),
    [],
  );
});

Deno.test("reads after a write: each field is held against its own stamp, whatever another field's is", async () => {
  const AHEAD = "2026-03-01T12:01:30.000Z";
  const TITLE_AT = "2026-03-01T12:01:30.001Z";
  const mine: LogRow = {
    eventId: "e3",
    id: "h1",
    op: "update",
    spaceId: place.id,
    fields: { title: { value: "mine", at: TITLE_AT }, color: { value: "#111111", at: NOON } },
    actor: { displayName: "client", rationale: "habits.update" },
  };
  const phone = (color: string, at: string): LogRow => ({
    ...rename("", at, "e4"),
    fields: { color: { value: color, at } },
  });
  const shown = (color: string, ...others: LogRow[]) =>
    failed(async (verdicts, history) => {
      const values = { title: "mine", color: "#111111" };
      const change = { kind: "update", tool: "habits.update", values, before: null } as const;
      history.reads.push({ write: write(change), row: { id: "h1", title: "mine", color } });
      const rows = [inserted, rename("from a clock ahead", AHEAD), mine, ...others];
      await checkReads(history, [{ person, table: HABITS, rows }], verdicts);
    });
  const OWN = ["a person reads their own acknowledged writes"];
  assert.deepEqual(await shown("#111111"), []);
  assert.deepEqual(await shown("#222222", phone("#222222", LATE)), []);
  assert.deepEqual(await shown("#222222", phone("#222222", EARLY)), OWN);
  assert.deepEqual(await shown("#222222"), OWN);
  const again = { ...inserted, eventId: "e5", data: { ...habit, color: "#333333", createdAt: LATE } };
  assert.deepEqual(await shown("#333333", again), []);
  assert.deepEqual(await shown("#000000"), OWN);
});

Deno.test("listings: every record and field of the fold, nothing else, nothing of another space", async () => {
  const check = "listings equal a sequential fold of the log, at the end";
  const row = { id: "h1", ...habit, createdAt: NOON, updatedAt: NOON };
  const listing = (rows: readonly Record<string, unknown>[], log: readonly LogRow[]) =>
    failed(async (verdicts) => {
      const client: SoakClient = {
        name: "client",
        era: "modern",
        call(tool): Promise<Answer> {
          const output = tool === "habits_list"
            ? { habits: rows, hasMore: false }
            : { tasks: [], notes: [], contacts: [] };
          return Promise.resolve({ kind: "ok", output });
        },
        close: () => Promise.resolve(),
      };
      const logOf = (_: Person, table: { readonly name: string }) =>
        Promise.resolve(table.name === HABITS.name ? log : []);
      await checkListings({ check, person, client, logOf, verdicts });
    });
  assert.deepEqual(await listing([row], [inserted]), []);
  assert.deepEqual(await listing([], [inserted]), [check]);
  assert.deepEqual(await listing([row], []), [check]);
  assert.deepEqual(await listing([{ ...row, color: "#ffffff" }], [inserted]), [check]);
  assert.deepEqual(await listing([row, row], [inserted]), ["no listing shows a row twice"]);
  const foreign = { ...inserted, data: { ...inserted.data, title: "@S1 device #7" } };
  assert.deepEqual(
    await listing([{ ...row, title: "@S1 device #7" }], [foreign]),
    ["no listing shows a row of another person or space"],
  );
  // On equal stamps the later of the log wins; a deleted record is not listed; another space's change is not this one's.
  const [first, second] = [rename("@p0 a", LATE, "e2"), rename("@p0 b", LATE, "e3")];
  assert.deepEqual(
    await listing([{ ...row, title: "@p0 b", updatedAt: LATE }], [inserted, first, second]),
    [],
  );
  assert.deepEqual(await listing([{ ...row, title: "@p0 b", updatedAt: LATE }], [inserted, second, first]), [
    check,
  ]);
  assert.deepEqual(
    await listing([], [inserted, { eventId: "e4", id: "h1", op: "delete", deletedAt: LATE }]),
    [],
  );
  assert.deepEqual(await listing([row], [inserted, { ...rename("@EVIL", LATE), spaceId: "space-9" }]), []);
  // A change inside an object shows in the object; one that left no days is a form that nobody may show as a schedule.
  const path = (name: string, value: unknown): LogRow => ({
    ...rename("", LATE, "e5"),
    fields: { [name]: { value, at: LATE } },
  });
  const planned = [inserted, path("schedule.days", [1]), path("schedule.time", "08:00")];
  const changed = { ...row, updatedAt: LATE };
  assert.deepEqual(await listing([{ ...changed, schedule: { time: "08:00", days: [1] } }], planned), []);
  assert.deepEqual(await listing([{ ...changed, schedule: { days: [1] } }], planned), [check]);
  const noDays = [inserted, path("schedule.time", "08:00")];
  assert.deepEqual(await listing([{ ...changed, schedule: { time: "08:00" } }], noDays), [check]);
  assert.deepEqual(
    await listing([{ ...changed, schedule: undefined, unreadable: ["schedule"] }], noDays),
    [],
  );
});

Deno.test("a row that commits late is hidden until it does, and never again", () => {
  const held = createHeldRows();
  const body = (at: string) =>
    JSON.stringify({
      changes: [{
        table: "habits",
        id: "h1",
        op: "update",
        fields: { title: { value: "a", at, updatedAt: at } },
      }],
    });
  const answer = JSON.stringify({
    serverChanges: [{ table: "habits", ...rename("a", NOON) }],
    syncedUntil: LATE,
  });
  const shown = () => held.withoutHeld(answer).includes("h1");
  assert.equal(shown(), true);
  const commit = held.hold(body(NOON));
  assert.ok(commit);
  assert.equal(shown(), false);
  assert.equal(held.hold(body(NOON)), null);
  commit();
  assert.equal(shown(), true);
  assert.equal(held.hold(body(NOON)), null);
  held.show(body(LATE));
  assert.equal(held.hold(body(LATE)), null);
});

Deno.test("a held row is hidden no longer once another client's push of the same content was answered", () => {
  const held = createHeldRows();
  const body = JSON.stringify({ changes: [{ table: "notes", id: "n1", op: "delete", deletedAt: NOON }] });
  const answer = JSON.stringify({
    serverChanges: [{ eventId: "e1", table: "notes", id: "n1", op: "delete", deletedAt: NOON }],
    syncedUntil: LATE,
  });
  const commit = held.hold(body);
  assert.equal(held.withoutHeld(answer).includes("n1"), false);
  held.show(body);
  assert.equal(held.withoutHeld(answer), answer);
  commit?.();
  assert.equal(held.withoutHeld(answer), answer);
});
