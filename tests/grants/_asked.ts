// One step of a story: an app asks its records for something, and gets exactly what the naive model admits. What was opened for it is
// held against the model as well.
import assert from "node:assert/strict";
import { Refused } from "../../lib/kit/errors.ts";
import type { Shape, StoredRecord, Table } from "../../lib/records/define_table.ts";
import type { ReadRecords } from "../../lib/records/records.ts";
import { type Admitted, admittedBy, type Ask, demandOpened, isOf } from "./_admitted.ts";
import type { NaiveGrant } from "./_naive_model.ts";
import type { Step } from "./_random_grants.ts";
import { ORDERED, tableOf } from "./_random_logs.ts";
import type { Spied } from "./_spied_store.ts";
import { askToWrite } from "./_asked_to_write.ts";

/** Records of a table that have a heading and a body. */
const SEARCHED: Readonly<Record<string, readonly [string, string]>> = {
  "notes/notes": ["title", "content"],
  "journal/journalEntries": ["title", "content"],
  "timeblocks/timeBlocks": ["title", "description"],
  "calendar/events": ["title", "location"],
};

/** Does the step and says what of it could have gone wrong. */
export async function ask(
  spied: Spied,
  grant: NaiveGrant | undefined,
  asked: Extract<Step, { kind: "ask" }>,
): Promise<string> {
  const { space, way, collection } = asked;
  const table = tableOf(collection);
  const step: Ask = { ...asked, table };
  const truth = await spied.look();
  const admitted = admittedBy(spied, grant, truth, table, space);
  const scope = spied.scope(grant, space);
  spied.opened();
  if (way === "update" || way === "insert" || way === "delete") {
    return await askToWrite(
      spied,
      admitted,
      step,
      spied.tested.store.open({ ...scope, access: "destructive" }),
    );
  }
  const records = spied.tested.store.open({ ...scope, access: "read" });
  const seen = await READS[way](records, step, admitted);
  demandOpened(spied, admitted, step, seen.opens);
  return seen.isTelling ? way : "";
}

/** What a read has shown: of which records values may have been opened, and whether anything was kept back. */
interface Seen {
  readonly opens: readonly string[];
  readonly isTelling: boolean;
}

const READS: Readonly<
  Record<
    Exclude<Ask["way"], "update" | "insert" | "delete">,
    (records: ReadRecords, step: Ask, admitted: Admitted) => Promise<Seen>
  >
> = {
  async list(records, { table }, admitted) {
    const { rows, hasMore, unreadable } = await records.list(table);
    demandRows(rows, admitted.records);
    assert.deepEqual({ hasMore, unreadable }, { hasMore: false, unreadable: unreadableIn(admitted.records) });
    return all(admitted);
  },
  async pages(records, { table }, admitted) {
    const found: StoredRecord<Shape>[] = [];
    let cursor: string | undefined;
    do {
      const page = await records.list(table, {
        page: { limit: 2, ...(cursor === undefined ? {} : { cursor }) },
      });
      found.push(...page.rows);
      assert.equal(page.hasMore, found.length < admitted.records.length);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    demandRows(found, admitted.records);
    return all(admitted);
  },
  async order(records, { table }, admitted) {
    const ordered = ORDERED[`${table.app}/${table.name}`];
    if (ordered === undefined) return NOTHING;
    const { rows } = await ordered.list(records);
    demandRows(rows, [...admitted.records].sort(by(ordered.field)));
    return all(admitted);
  },
  async match(records, { table }, admitted) {
    const seen = new Set<string>();
    const look = (record: object) => {
      for (const name of Object.keys(record)) seen.add(name);
      return true;
    };
    const { rows } = await records.list(table, { where: look, match: look });
    demandRows(rows, admitted.records);
    assert.deepEqual(admitted.withheld.filter((name) => seen.has(name)), []);
    return all(admitted);
  },
  async search(records, { table, words }, admitted) {
    const [heading, body] = SEARCHED[`${table.app}/${table.name}`] ?? [];
    if (heading === undefined || body === undefined) return NOTHING;
    const { rows } = await records.search(table, { query: words, heading, body });
    const hits = admitted.records.filter((record) => {
      const text = [heading, body].map((name) => String(record[name] ?? "")).join("\n");
      return words.split(" ").every((word) => text.includes(word));
    }).map(({ [body]: _body, ...record }) => record);
    demandRows(rows.map(({ record }) => record), hits, true);
    if (admitted.withheld.includes(body)) { for (const { snippet } of rows) assert.equal(snippet ?? "", ""); }
    return all(admitted);
  },
  async get(records, { table, space, place }, admitted) {
    const row = admitted.truth.rows.filter((row) => isOf(row, table, space))[place];
    const id = row?.id ?? "nobody";
    const expected = admitted.records.find((one) => one.id === id);
    const found = await foundOr(records.get(table, id), table, id);
    if (expected === undefined || found === null) assert.equal(found, expected ?? null);
    else demandRows([found], [expected]);
    return { opens: [id], isTelling: expected === undefined || admitted.withheld.length > 0 };
  },
  async portion(records, { table, some: [field = ""], place }, admitted) {
    const id = admitted.truth.rows.filter((row) => isOf(row, table, "personal"))[place]?.id ?? "nobody";
    const expected = admitted.records.find((one) => one.id === id);
    const found = await foundOr(records.getPortion(table, id, field, 0), table, id);
    assert.equal(found === null, expected === undefined);
    const text = found?.record[field];
    if (admitted.withheld.includes(field) && found !== null) {
      assert.deepEqual([text, found.chars], [undefined, 0]);
    }
    return { opens: [id], isTelling: admitted.withheld.length > 0 };
  },
  async scan(records, { table }, admitted) {
    const found: StoredRecord<Shape>[] = [];
    const unreadable = await records.scan(table, {}, (record) => void found.push(record));
    demandRows(found, admitted.records, true);
    assert.equal(unreadable, unreadableIn(admitted.records));
    return all(admitted);
  },
  async count(records, { table, some: [field = ""] }, admitted) {
    assert.equal(await records.count(table), admitted.records.length);
    const isThere = (record: object) => new Map(Object.entries(record)).get(field) !== undefined;
    if (!table.encryptedSet.has(field)) {
      assert.equal(await records.count(table, isThere), admitted.records.filter(isThere).length);
    }
    return { ...all(admitted), opens: [] };
  },
  async look(records, { table }, admitted) {
    const found: string[] = [];
    await records.lookThrough(table, (record) => void found.push(told(record, table)));
    assert.deepEqual(found.sort(), admitted.records.map((record) => told(record, table)).sort());
    return { ...all(admitted), opens: [] };
  },
  async deleted(records, { table }, admitted) {
    const found: string[] = [];
    await records.lookThroughDeleted(table, ({ id }) => void found.push(id));
    assert.deepEqual(found.sort(), admitted.deleted.map(({ id }) => id).sort());
    return { ...all(admitted), opens: [] };
  },
};

const NOTHING: Seen = { opens: [], isTelling: false };

/** Every record that is handed out may have been opened. */
function all({ records, truth, withheld }: Admitted): Seen {
  return {
    opens: records.map(({ id }) => id),
    isTelling: records.length > 0 && (withheld.length > 0 || truth.rows.length > records.length),
  };
}

function demandRows(
  found: readonly object[],
  expected: readonly object[],
  isUnordered = false,
): void {
  const texts = (rows: readonly object[]) => rows.map((row) => JSON.stringify(sorted(row)));
  const [one, other] = [texts(found), texts(expected)];
  assert.deepEqual(isUnordered ? one.sort() : one, isUnordered ? other.sort() : other);
}

/** A record as two are compared: members in order, lists of names in order and only where there are names. */
function sorted(record: object): object {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined)
      .map(([name, value]) =>
        [name, name === "withheld" || name === "unreadable" ? [...value].sort() : value] as const
      )
      .filter(([name, value]) => (name !== "withheld" && name !== "unreadable") || value.length > 0)
      .sort(([one], [other]) => one < other ? -1 : 1),
  );
}

/** The plaintext fields of a record. */
function told(record: object, table: Table): string {
  const plain = Object.entries(record).filter(([name]) =>
    !table.encryptedSet.has(name) && name !== "withheld" && name !== "unreadable"
  );
  return JSON.stringify(sorted(Object.fromEntries(plain)));
}

function by(field: string) {
  return (one: StoredRecord<Shape>, other: StoredRecord<Shape>): number => {
    const [a, b] = [one, other].map(({ [field]: value }) => typeof value === "string" ? value : "");
    return a !== b && a !== undefined && b !== undefined ? (a < b ? -1 : 1) : one.id < other.id ? -1 : 1;
  };
}

function unreadableIn(records: readonly { readonly unreadable?: readonly string[] }[]): number {
  return records.filter(({ unreadable = [] }) => unreadable.length > 0).length;
}

/** The answer, or null for the one refusal that says that there is no such record. */
async function foundOr<T>(work: Promise<T>, { record }: Table, id: string): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    assert.deepEqual(error.refusal, { reason: "record-not-found", record, id });
    return null;
  }
}
