import { bearer, type Cast } from "./ask_auth.ts";
import { createSyncAsker, EPOCH, table } from "./ask_sync.ts";
import { type Json, member } from "./mask.ts";
import type { Transcript } from "./transcript.ts";

/** Asks what becomes of every kind of change, and who sees it. */
export async function askHistory(transcript: Transcript, { anna, ben }: Cast): Promise<void> {
  const { ask, remember } = transcript;
  const { pull, push, write } = createSyncAsker(transcript);
  const tasks = table("tasks");
  const at = (second: number) => `2025-01-01T10:00:0${second}.000Z`;
  const id = remember(crypto.randomUUID(), "task1");
  const spaceId = anna.personalSpace;
  const task = (name: string, change: { [name: string]: Json }) =>
    write(name, anna, "writer", [{ table: "tasks", id, ...change }]);
  const update = (name: string, fields: Json, more: { [name: string]: Json } = {}) =>
    task(name, { op: "update", fields, ...more });

  await task("insert", {
    op: "insert",
    spaceId,
    actor: { kind: "ai", principalId: "mcp:probe", displayName: "Probe" },
    origin: "agent",
    data: {
      id,
      title: "enc:1:AAAA.BBBB",
      isCompleted: false,
      order: 0,
      createdAt: at(1),
      updatedAt: at(1),
      spaceId,
      authorId: anna.userId,
      visibility: "space",
    },
  });
  await pull("the writer itself pulls", anna, tasks, "writer");
  await pull("another device pulls", anna, tasks, "reader");
  await pull("a device without an id pulls", anna, tasks);
  await update("update with at", { title: { value: "enc:1:CCCC.DDDD", at: at(2) } }, { spaceId });
  await update("update with updatedAt", { order: { value: 1, updatedAt: at(3) } });
  await update("update with both", { isCompleted: { value: true, at: at(4), updatedAt: at(4) } });
  await task("update with data instead of fields", { op: "update", data: { title: "plain" } });
  await update("update to null", { dueDate: { value: null, at: at(4) } });
  await task("soft delete", { op: "delete", deletedAt: at(5) });
  await update("un-delete", { deletedAt: { value: null, at: at(6) } });
  await task("hard delete", { op: "delete" });
  await update("an older stamp is stored all the same", { title: { value: "old", at: at(0) } });
  await write("an update of a record that never was", anna, "writer", [
    { table: "ghosts", id: "ghost", op: "update", fields: { title: { value: "boo", at: at(1) } } },
  ]);
  const twice = { table: "twice", id: "same", op: "insert", data: { n: 1 } };
  await write("the same insert twice", anna, "writer", [twice, twice]);
  await write("an id that is not a UUID", anna, "writer", [
    { table: "odd", id: "habit-coffee", op: "insert", data: { id: "habit-coffee" } },
  ]);
  const data = { deep: { nested: [1, "two", null] }, big: Number("9007199254740993") };
  await write("a change with its own schema version", anna, "writer", [
    { table: "odd", id: "v", op: "insert", schemaVersion: 1, data },
  ]);
  await write("the client id from the header wins", anna, "body", [
    { table: "whose", id: "h", op: "insert", data: {} },
  ], { headers: bearer(anna, "header") });
  await pull("all of the task's history", anna, tasks, "reader");
  await pull("ghosts", anna, table("ghosts"), "reader");
  await pull("twice", anna, table("twice"), "reader");
  await pull("odd", anna, table("odd"), "reader");
  await pull("whose, as body", anna, table("whose"), "body");
  await pull("whose, as header", anna, table("whose"), "header");
  const sinceEver = { clientId: "late-comer", since: EPOCH, changes: [] };
  await push("a push answers with what others wrote since", anna, sinceEver, undefined, { keep: tablesOf });
  await ask("another app sees nothing of it", "GET", `/sync/habits/pull?${tasks}`, {
    headers: bearer(anna, "reader"),
  });
  await pull("another person sees nothing of it", ben, tasks, "reader");
}

/** Names of the members and tables of a push's answer, but not of `half`: there a better service has nothing. */
function tablesOf(body: Json): Json {
  const changes = member(body, "serverChanges");
  const names = Array.isArray(changes) ? changes.map((change) => String(member(change, "table"))) : [];
  const tables = [...new Set(names)].filter((name) => name !== "half").sort();
  return { keys: Object.keys(body ?? {}).sort(), tables };
}
