import { bearer, type Cast, type Person } from "./ask_auth.ts";
import { type Json, member } from "./mask.ts";
import type { Question, Reply, Transcript } from "./transcript.ts";

/** A `since` after which nothing comes. */
export const FAR = "9999-12-31T23:59:59.999Z";
/** A `since` before everything. */
export const EPOCH = "1970-01-01T00:00:00.000Z";

/** Pull and push on the app `todo`. */
export function createSyncAsker({ ask }: Transcript) {
  return {
    pull: (name: string, who: Person | null, query: string, client?: string, question: Question = {}) =>
      ask(name, "GET", `/sync/todo/pull?${query}`, { headers: who ? bearer(who, client) : {}, ...question }),
    push: (name: string, who: Person | null, body: Json, client?: string, question: Question = {}) =>
      ask(name, "POST", "/sync/todo", { headers: who ? bearer(who, client) : {}, body, ...question }),
    /** One push of some changes by one client. */
    write: (
      name: string,
      who: Person,
      clientId: string,
      changes: Json[],
      question: Question = {},
    ): Promise<Reply> =>
      ask(name, "POST", "/sync/todo", {
        headers: bearer(who),
        body: { clientId, since: FAR, changes },
        ...question,
      }),
  };
}

/** Query of a full pull of one table. */
export function table(name: string): string {
  return `collection=${name}&since=${EPOCH}`;
}

/** Asks what is refused: missing tokens, bad queries, bad pushes. */
export async function askSyncRefusals(transcript: Transcript, { anna }: Cast): Promise<void> {
  const { ask } = transcript;
  const { pull, push, write } = createSyncAsker(transcript);
  const tasks = table("tasks");
  await pull("pull without a token", null, tasks);
  await pull("pull with a nonsense token", null, tasks, undefined, {
    headers: { authorization: "Bearer nonsense" },
    compare: "status",
  });
  await pull("pull with a lower-case scheme", null, tasks, undefined, {
    headers: { authorization: `bearer ${anna.jwt}` },
  });
  await pull("pull without a collection", anna, `since=${EPOCH}`);
  await pull("pull without since", anna, "collection=tasks");
  await pull("pull an empty table", anna, tasks);
  await pull("pull since nonsense", anna, "collection=tasks&since=nonsense");
  await ask("pull by POST", "POST", `/sync/todo/pull?${tasks}`, { headers: bearer(anna), compare: "status" });
  await ask("unknown path", "GET", "/sync", { headers: bearer(anna), compare: "status" });

  const headers = { ...bearer(anna), "content-type": "application/json" };
  await push("push without a token", null, { clientId: "w", since: FAR, changes: [] });
  await ask("push no JSON", "POST", "/sync/todo", { headers, raw: "{", compare: "status" });
  await write("push nothing", anna, "w", []);
  await push("push without changes", anna, { clientId: "w", since: FAR });
  await write("push an unknown op", anna, "w", [{ table: "tasks", id: "x", op: "upsert", data: {} }]);
  await write("push without an id", anna, "w", [{ table: "tasks", op: "insert", data: {} }]);
  await write("push without a table", anna, "w", [{ id: "x", op: "insert", data: {} }]);
  await push("push a newer schema version", anna, {
    clientId: "w",
    since: FAR,
    schemaVersion: 2,
    changes: [],
  });
  const big = { table: "big", id: "x", op: "insert", data: { t: "x".repeat(10 * 1024 * 1024) } };
  await ask("push more than 10 MiB", "POST", "/sync/todo", {
    headers,
    raw: JSON.stringify({ clientId: "w", since: FAR, changes: [big] }),
    compare: "status",
  });
  const nul = { op: "insert", data: { t: "a\u0000b" } };
  await write("push U+0000", anna, "w", [{ table: "nul", id: "x", ...nul }], { compare: "noted" });
  await pull("after U+0000", anna, table("nul"));
  await write("a good change before a bad one", anna, "w", [
    { table: "half", id: "good", op: "insert", data: { t: "ok" } },
    { table: "half", id: "bad", ...nul },
  ], { compare: "noted" });
  await pull("what is left of it", anna, table("half"), "r", { compare: "noted" });
}

/** Asks who sees what in a shared space. */
export async function askSharing(transcript: Transcript, cast: Cast): Promise<void> {
  const { anna, ben, cara, teamSpace } = cast;
  const { pull, write } = createSyncAsker(transcript);
  const insert = (id: string, data: Json, spaceId?: string): Json => ({
    table: "shared",
    id,
    op: "insert",
    ...(spaceId ? { spaceId } : {}),
    data,
  });
  await write("anna writes into the team space", anna, "a", [
    insert("s1", { title: "for the team", spaceId: teamSpace }, teamSpace),
  ]);
  await write("space only in data", anna, "a", [
    insert("s2", { title: "space in data", spaceId: teamSpace }),
  ]);
  await write("private in the team space", anna, "a", [
    insert("s3", { title: "private", visibility: "private", spaceId: teamSpace }, teamSpace),
  ]);
  await write("no space", anna, "a", [insert("s4", { title: "no space" })]);
  await write("sentinel space", anna, "a", [insert("s5", { title: "sentinel" }, `_personal:${anna.userId}`)]);
  await write("cara, no member, writes into the team space", cara, "c", [
    insert("s6", { title: "from outside" }, teamSpace),
  ]);
  await pull("ben, a member, pulls", ben, table("shared"), "b");
  await pull("cara, no member, pulls", cara, table("shared"), "x");
}

/** Asks how 1205 changes are paged. */
export async function askPaging(transcript: Transcript, { anna }: Cast): Promise<void> {
  const { pull } = createSyncAsker(transcript);
  const { sync, fetch } = transcript.target;
  for (const [from, count] of [[0, 500], [500, 500], [1000, 205]] as const) {
    const changes = Array.from({ length: count }, (_, i) => {
      return { table: "pages", id: `p${from + i}`, op: "insert", data: { n: from + i } };
    });
    const response = await fetch(`${sync}/sync/todo`, {
      method: "POST",
      headers: { ...bearer(anna), "content-type": "application/json" },
      body: JSON.stringify({ clientId: "pager", since: FAR, changes }),
    });
    await response.body?.cancel();
  }
  const page = await pull("first page", anna, table("pages"), "r", { keep: brief });
  const next = encodeURIComponent(String(member(page.body, "syncedUntil") ?? ""));
  await pull("second page", anna, `collection=pages&since=${next}`, "r", { keep: brief });
  await pull("after the last page", anna, `collection=pages&since=${FAR}`, "r", { keep: brief });
}

function brief(body: Json): Json {
  if (body === null || typeof body !== "object" || Array.isArray(body)) return body;
  const { serverChanges, ...rest } = body;
  if (!Array.isArray(serverChanges)) return { ...rest, count: null, first: null, last: null };
  const first = member(serverChanges[0], "id") ?? null;
  return { ...rest, count: serverChanges.length, first, last: member(serverChanges.at(-1), "id") ?? null };
}
