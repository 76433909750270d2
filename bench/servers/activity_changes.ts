// What a person's devices and one of their apps have written into a table, made up: signed and sealed as the real ones.
import type { Authorship } from "../../lib/authorship/authorship.ts";
import type { Caller } from "../../lib/people/principal.ts";
import type { Secret } from "../../lib/kit/secret.ts";
import { createTableNames } from "../../lib/history/table_names.ts";
import { titleFieldsOf } from "../../lib/history/record_title.ts";
import { createUnreadTally } from "../../lib/observe/request_tally.ts";
import type { WrittenTable } from "../../lib/tool/define_module.ts";
import { MODULES } from "../../tools/modules.ts";
import type { Seal } from "../upstream/seal.ts";

/** The app's key, as a sign-in server would make it. */
export const APP_KEY = "bench".padEnd(43, "0");
/** The tables that are written. */
export const WRITTEN: readonly WrittenTable[] = createTableNames(MODULES).all
  .filter(({ isPart, row }) => !isPart && titleFieldsOf(Object.keys(row.shape)).length > 0).slice(0, 20);
/** Records of a table; all other changes are updates of these. */
const RECORDS = 500;
/** One of so many changes is the app's, each a call of its own. */
const OF_APP = 10;

/** Who writes. */
export interface Author {
  readonly subject: string;
  readonly token: Secret<string>;
  readonly seal: Seal;
  readonly sign: Authorship["sign"];
}

/** The changes of one table, oldest first. */
export async function* changesOf(table: WrittenTable, author: Author, count: number): AsyncGenerator<object> {
  const [[title = "title"] = []] = titleFieldsOf(Object.keys(table.row.shape));
  for (let i = 0; i < count; i++) {
    const id = `${table.name}-${String(i % RECORDS).padStart(6, "0")}-4000-8000-000000000000`;
    const change = i < RECORDS ? await inserted(author, id, title, i) : await updated(author, id, title, i);
    if (i % OF_APP !== 0) yield { table: table.name, ...change };
    else yield { table: table.name, ...change, actor: await signed(author, table, change), origin: "agent" };
  }
}

async function inserted({ subject, seal }: Author, id: string, title: string, i: number) {
  const spaceId = `_personal:${subject}`;
  const at = new Date().toISOString();
  const own = { id, spaceId, authorId: subject, visibility: "space", createdAt: at, updatedAt: at };
  const text = await seal(`Record ${i}, called as records are called`);
  const note = await seal(`What somebody writes about a thing in two lines or so. Number ${i}.`);
  return { id, op: "insert", spaceId, data: { ...own, [title]: text, note, order: i } } as const;
}

async function updated({ subject, seal }: Author, id: string, title: string, i: number) {
  const at = new Date().toISOString();
  const field = (value: unknown) => ({ value, at, updatedAt: at });
  const fields = i % 3 === 0
    ? { [title]: field(await seal(`Record ${i}, with another name`)) }
    : { order: field(i), isArchived: field(i % 2 === 0) };
  return { id, op: "update", spaceId: `_personal:${subject}`, fields } as const;
}

async function signed(
  { subject, token, sign }: Author,
  { app, name }: WrittenTable,
  change: Awaited<ReturnType<typeof inserted | typeof updated>>,
) {
  const caller: Caller = {
    principal: { issuer: "", subject, role: "user", scopes: null, client: null, expiresAt: Infinity },
    token,
    tally: createUnreadTally(),
  };
  const callId = crypto.randomUUID().replaceAll("-", "");
  const actor = { tool: "notes.update", clientName: "Bench", callId, appKey: APP_KEY };
  return await sign({ caller, actor, signal: new AbortController().signal }, { app, name }, change);
}
