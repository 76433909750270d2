// A record store that notes each value it opens, and beside it a store of the same log that answers the person's own token: what there is.
import { callerFor } from "../_support/request_context.ts";
import { createCipher, isSealed } from "../../lib/sealing/cipher.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { defineTable, type StoredRecord, type Table } from "../../lib/records/define_table.ts";
import type { Shape } from "../../lib/records/define_table.ts";
import type { CallScope } from "../../lib/spaces/call_scope.ts";
import {
  createHarness,
  type Harness,
  insert,
  KEY_A,
  KEY_B,
  personal,
  shared,
  update,
} from "../records/_harness.ts";
import { tokenOf } from "../records/_fake_services.ts";
import { z } from "zod";
import type { NaiveGrant, NaiveRow } from "./_naive_model.ts";
import { fieldsOf, START, type Stored, TABLES } from "./_random_logs.ts";

/** One value that was opened, as `app/table id field`. */
export type OpenedValue = string;

/** Both stores. */
export interface Spied {
  readonly tested: Harness;
  /** What was opened since the last look. */
  opened(): OpenedValue[];
  write(log: readonly Stored[]): Promise<void>;
  wait(minutes: number): void;
  now(): number;
  /** The scope of a call; with the person's own token where `grant` is undefined. */
  scope(grant: NaiveGrant | undefined, space: "personal" | "team"): CallScope;
  /** Everything that the person sees. */
  look(): Promise<Truth>;
  /** The changes that the tested store has pushed since the last look, which the other store then has as well. */
  pushed(): number;
}

/** Everything that the person sees. */
export interface Truth {
  /** The live records, as they are stored. */
  readonly rows: readonly NaiveRow[];
  /** The deleted ones. */
  readonly deleted: readonly NaiveRow[];
  /** The live records of a table in a space as the person's own token is shown them, newest first. */
  readonly shown: (table: Table, space: string) => readonly StoredRecord<Shape>[];
}

/** Keys as devices use them, imported once. */
const KEYS = await Promise.all([KEY_A, KEY_B].map(async (raw) => {
  const key = await createMasterKeys().import(hideStrictly(raw.toBase64()));
  if (key === null) throw new TypeError("no key");
  return key;
}));
const cipher = createCipher();
const SPACES = { personal: personal("anna", "org-anna"), team: shared("team") } as const;
const keyOf = ({ app, name }: Table) => `${app}/${name}`;

/** The same tables, whose fields take any value: what a condition looks at. */
const RAW = TABLES.map((table) =>
  defineTable({
    app: table.app,
    name: table.name,
    record: table.record,
    row: z.object(Object.fromEntries(fieldsOf(table).map((name) => [name, z.unknown().optional()]))),
    encrypted: table.encrypted,
  })
);

/** Starts empty, and knows these tables. */
export function createSpied(collections: readonly string[]): Spied {
  const places = new Map<string, OpenedValue>();
  let opened: OpenedValue[] = [];
  const tested = createHarness({
    cipher: {
      ...cipher,
      open(key, text) {
        opened.push(places.get(text) ?? `unknown ${text}`);
        return cipher.open(key, text);
      },
    },
  });
  const truth = createHarness();
  const known = new Set<string>();
  let copied = 0;
  for (const { services } of [tested, truth]) services.memberships.set("anna", new Set(["org-anna", "team"]));
  tested.clock = truth.clock = START;

  /** What the tested store has pushed goes to the other one, and is known to the spy. */
  const pushed = (): number => {
    const news = tested.services.rows.slice(copied);
    copied = tested.services.rows.length;
    for (const { app, change } of news) {
      const values = [
        ...Object.entries(change.data ?? {}),
        ...Object.entries(change.fields ?? {}).map(([name, { value }]) => [name, value] as const),
      ];
      for (const [name, value] of values) {
        if (typeof value === "string" && isSealed(value)) {
          places.set(value, `${app}/${String(change.table)} ${change.id} ${name}`);
        }
      }
      truth.services.write("anna", app, [change], "tested");
    }
    return news.length;
  };

  const look = async (): Promise<Truth> => {
    const rows: NaiveRow[] = [];
    const deleted: NaiveRow[] = [];
    const shown = new Map<string, readonly StoredRecord<Shape>[]>();
    for (const space of ["personal", "team"] as const) {
      const records = truth.read({ space: SPACES[space] });
      for (const [index, table] of TABLES.entries()) {
        const raw = RAW[index];
        const collection = keyOf(table);
        if (raw === undefined || !collections.includes(collection)) continue;
        const add = (to: NaiveRow[]) => ({ id, ...fields }: { readonly id: string }) =>
          void to.push({ collection, id, space, fields: { ...fields } });
        await records.lookThrough(raw, add(rows));
        await records.lookThroughDeleted(raw, add(deleted));
        shown.set(`${collection} ${space}`, (await records.list(table)).rows);
      }
    }
    return { rows, deleted, shown: (table, space) => shown.get(`${keyOf(table)} ${space}`) ?? [] };
  };

  return {
    tested,
    look,
    pushed,
    opened() {
      const some = opened;
      opened = [];
      return some;
    },
    async write(log) {
      for (const one of log) {
        const change = await changeOf(one, known, places);
        for (const { services } of [tested, truth]) services.write(one.by, appOf(one), [change]);
      }
      copied = tested.services.rows.length;
    },
    wait(minutes) {
      tested.clock = truth.clock += minutes * 60_000;
    },
    now: () => tested.clock,
    scope: (grant, space) => ({
      ...tested.scope("read", { space: SPACES[space] }),
      caller: callerOfApp(grant),
    }),
  };
}

function appOf({ collection }: Stored): string {
  return collection.split("/")[0] ?? "";
}

/** What is inserted already is updated. A sealed value is sealed in the personal space alone, and sometimes badly. */
async function changeOf(
  { collection, id, space, by, isPrivate, kind, at, fields }: Stored,
  known: Set<string>,
  places: Map<string, OpenedValue>,
): Promise<Record<string, unknown>> {
  const table = TABLES.find((one) => keyOf(one) === collection);
  const spaceId = space === "team" ? "team" : by === "anna" ? "org-anna" : "org-ben";
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const isClosed = space === "personal" && table?.encryptedSet.has(name) === true && kind !== "plain";
    const [own, foreign] = KEYS;
    const key = kind === "foreign key" ? foreign : own;
    values[name] = isClosed && key !== undefined ? await cipher.seal(key, value) : value;
    if (isClosed) places.set(String(values[name]), `${collection} ${id} ${name}`);
  }
  const where = `${collection} ${id} ${spaceId}`;
  const name = table?.name ?? "";
  if (!known.has(where)) {
    known.add(where);
    const visibility = isPrivate ? "private" : "space";
    return insert(name, id, { ...values, createdAt: at, spaceId, authorId: by, visibility }, spaceId);
  }
  if (kind === "delete") return { table: name, id, op: "delete", spaceId, deletedAt: at };
  return update(name, id, at, values, spaceId);
}

function callerOfApp(grant: NaiveGrant | undefined): CallScope["caller"] {
  const caller = callerFor("anna", tokenOf("anna"));
  if (grant === undefined) return caller;
  const client = {
    id: "app",
    name: "App",
    appKey: "app",
    tokenId: "token",
    grantId: "grant",
    recordsDocument: JSON.stringify(grant),
  };
  return { ...caller, principal: { ...caller.principal, client } };
}
