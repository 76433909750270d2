/** Rows for every table that a tool reads, whose texts say where they stand: those of the apps' tables, and those of earlier versions. */
import type { Connected } from "../../_support/connected.ts";
import { push, seal } from "../../_support/device.ts";
import type { Account } from "../../_support/test_backend.ts";
import { ALL_TABLES, plainRow } from "../../grants/_narrowed_world.ts";
import { MARK } from "../rows.ts";

/** The only record of each table, but for the archive. */
export const ROW = "inside";
/** Records of each table in the archive, and the characters of each of their texts: a list of them is longer than a result may be. */
export const ARCHIVED = 40;
export const ARCHIVED_CHARS = 1_500;
/** The record of each table whose texts are longer than a result may be. */
export const LONG_ROW = "row-long";
export const LONG_CHARS = 50_000;

/** Fields that an app shows in one line, which nobody fills with pages of text. */
const LINE =
  /(?:title|name|label|colou?r|icon|emoji|slug|path|number|url|version|category|type|tags|ids|time|status)$/i;
const LINE_CHARS = 300;

/** Where rows are stored, and how long they are. */
export interface Filling {
  readonly by: Account;
  readonly space: string;
  /** Null in a shared space, where the apps seal nothing. */
  readonly key: CryptoKey | null;
  readonly ids: readonly string[];
  /** Least length of each free text. */
  readonly chars: number;
}

/** Stores the rows. */
export async function fillEveryTable(world: Connected, filling: Filling): Promise<void> {
  const sealedOf = new Map(
    [...ALL_TABLES].map(([collection, fields]) => [
      collection,
      fields.filter(({ encrypted }) => encrypted).map(({ name }) => name),
    ]),
  );
  for (const collection of [...ALL_TABLES.keys(), ...EARLIER]) {
    const rows = filling.ids.flatMap((id) => rowsOf(collection, id, filling.chars));
    await store(world, filling, collection, rows, sealedOf.get(collection) ?? []);
  }
}

type Row = Readonly<Record<string, unknown>> & { readonly id: string };

/** Tables of which earlier versions of the apps left rows. */
const EARLIER = ["articles/articles", "places/places"];

/** The rows that a record stands for. What is in the calendar, or was timed, has a block beside that of the habit. */
function rowsOf(collection: string, id: string, chars: number): Row[] {
  const textOf = (collection: string, id: string, field: string) => {
    const text = `${MARK} «${collection} ${id} ${field}» `;
    const most = LINE.test(field) ? Math.min(chars, LINE_CHARS) : chars;
    return text.repeat(Math.max(1, Math.ceil(most / text.length))).trim();
  };
  const row = { ...plainRow(collection, id, textOf), id };
  switch (collection) {
    case "calendar/events":
      return [{ ...row, timeBlockId: `${id}-event`, unlistedToken: null }];
    case "times/timeEntries":
      return [{ ...row, timeBlockId: `${id}-entry` }];
    case "timeblocks/timeBlocks":
      return [
        row,
        { ...row, id: `${id}-event`, sourceModule: "calendar", type: "event", kind: "scheduled" },
        { ...row, id: `${id}-entry`, sourceModule: "times", type: "timeEntry", kind: "logged" },
      ];
    case "articles/articles":
    case "places/places": {
      const texts = ["title", "name", "excerpt", "content", "description", "address", "userNote"];
      return [{ id, ...Object.fromEntries(texts.map((field) => [field, textOf(collection, id, field)])) }];
    }
    default:
      return [row];
  }
}

async function store(
  world: Connected,
  { by, space, key }: Filling,
  collection: string,
  rows: readonly Row[],
  sealed: readonly string[],
): Promise<void> {
  const [app = "", table = ""] = collection.split("/");
  const createdAt = "2026-02-27T10:00:00.000Z";
  const common = { spaceId: space, authorId: by.id, visibility: "space", createdAt, updatedAt: createdAt };
  const changes = await Promise.all(rows.map(async (row) => {
    const members = Object.entries(row).map(async ([name, value]) =>
      [name, key !== null && sealed.includes(name) ? await seal(key, value) : value] as const
    );
    const data = { ...Object.fromEntries(await Promise.all(members)), ...common };
    return { id: row.id, op: "insert", spaceId: space, data };
  }));
  await push(world, by, { app, table }, changes);
}
