/** What the verifier believes of a change: the very change that was signed, and nothing else that anybody can push. */
import assert from "node:assert/strict";
import type { Writer } from "../../lib/authorship/change_verifier.ts";
import type { RecordChange } from "../../lib/changes/push_changes.ts";
import type { CallActor } from "../../lib/spaces/call_scope.ts";
import { callerFor } from "../_support/request_context.ts";
import { throughService } from "./_changes.ts";
import { authorshipWith, readChange } from "./_log.ts";

const KEY = new Uint8Array(32).toBase64();
const OTHER_KEY = new Uint8Array(32).fill(1).toBase64();
const CALL = "0123456789abcdef0123456789abcdef";
const ACTOR: CallActor = { tool: "todo.update", clientName: "Claude", callId: CALL };
const TABLE = { app: "todo", name: "tasks" };
const signal = new AbortController().signal;
const STAMP = "2026-05-20T10:00:00.000Z";
const UPDATE: RecordChange = {
  id: "task-1",
  op: "update",
  spaceId: "org_1",
  fields: {
    title: { value: "enc:1:AAAA.BBBB", at: STAMP, updatedAt: STAMP },
    order: { value: 3, at: STAMP, updatedAt: STAMP },
  },
};
const INSERT: RecordChange = {
  id: "task-1",
  op: "insert",
  spaceId: "org_1",
  data: { id: "task-1", order: 1 },
};
const DELETE: RecordChange = { id: "task-1", op: "delete", spaceId: "org_1", deletedAt: STAMP };

interface Case {
  readonly actor?: Partial<CallActor>;
  /** The app that the token is of; the person's own token by default. */
  readonly appKey?: string;
  readonly key?: string;
  readonly subject?: string;
}

/** The change as the service gives it back, signed. */
async function signed(change: RecordChange, { actor, appKey, key = KEY, subject = "anna" }: Case = {}) {
  const own = callerFor(subject, "t");
  const client = appKey === undefined
    ? null
    : { id: "client-id-7", name: "Claude", appKey, tokenId: "token-id-7", grantId: "grant-id-7" };
  const caller = { ...own, principal: { ...own.principal, client } };
  const authorship = await authorshipWith(key);
  const pushed = await authorship.sign({ caller, actor: { ...ACTOR, ...actor }, signal }, TABLE, change);
  return { ...throughService(TABLE.name, change, pushed), actor: pushed, origin: "agent" };
}

interface Reader {
  readonly key?: string;
  readonly subject?: string;
  readonly app?: string;
  readonly table?: string;
}

async function writerOf(
  entry: Record<string, unknown>,
  { key = KEY, subject = "anna", app = TABLE.app, table = TABLE.name }: Reader = {},
): Promise<Writer> {
  const authorship = await authorshipWith(key);
  const verifier = await authorship.verifierFor(callerFor(subject, "t"), signal);
  return verifier.writerOf(app, table, readChange({ ...entry, table }));
}

Deno.test("a change tells its app, the person's own token, or an undo, with the call and what it was", async () => {
  const app = await writerOf(await signed(UPDATE, { appKey: "app-key" }));
  assert.ok(app.kind === "app");
  assert.match(app.pseudonym, /^[0-9a-f]{32}$/);
  const authorship = await authorshipWith(KEY);
  assert.equal(app.pseudonym, await authorship.pseudonymOf(callerFor("anna", "t"), "app-key", signal));
  assert.deepEqual(app, {
    kind: "app",
    pseudonym: app.pseudonym,
    callId: CALL,
    tool: "todo.update",
    name: "Claude",
  });
  assert.deepEqual(await writerOf(await signed(INSERT)), {
    kind: "own",
    callId: CALL,
    tool: "todo.update",
    name: "Claude",
  });
  for (const by of ["undo", "person"] as const) {
    const entry = await signed(DELETE, { appKey: "app-key", actor: { by, rationale: "plan-1" } });
    assert.equal(entry.actor.kind, by === "person" ? "user" : "ai");
    assert.deepEqual(await writerOf(entry), { kind: "undo", callId: CALL, plan: "plan-1" });
  }
});

Deno.test("a call that is made later with the person's token is the call of the app that asked for it", async () => {
  const asked = await writerOf(await signed(DELETE, { appKey: "app-key" }));
  const decided = await writerOf(await signed(DELETE, { actor: { appKey: "app-key" } }));
  assert.deepEqual(decided, asked);
  assert.equal(
    (await writerOf(await signed(DELETE, { appKey: "app-key", actor: { appKey: "" } }))).kind,
    "own",
  );
});

Deno.test("an app's pseudonym is of one person and one app, and nothing of the connection is in the change", async () => {
  const pseudonym = async (appKey: string, key: string) => {
    const entry = await signed(UPDATE, { appKey, key });
    assert.doesNotMatch(JSON.stringify(entry), /client-id-7|token-id-7|grant-id-7|app-key/);
    return entry.actor.principalId;
  };
  const all = [
    await pseudonym("app-key-1", KEY),
    await pseudonym("app-key-2", KEY),
    await pseudonym("app-key-1", OTHER_KEY),
  ];
  assert.equal(new Set(all).size, 3);
  assert.equal(await pseudonym("app-key-1", KEY), all[0]);
});

Deno.test("whatever is copied onto another change, or altered in one, proves nothing", async () => {
  const entry = await signed(UPDATE, { appKey: "app-key" });
  assert.equal((await writerOf(entry)).kind, "app");
  const { actor } = entry;
  const fields = { title: { value: "enc:1:AAAA.BBBB", at: STAMP }, order: { value: 3, at: STAMP } };
  const altered: Record<string, Record<string, unknown>> = {
    "another record": { ...entry, id: "task-2" },
    "another space": { ...entry, spaceId: "org_2" },
    "no space": { ...entry, spaceId: undefined },
    "another value": { ...entry, fields: { ...fields, order: { value: 4, at: STAMP } } },
    "another stamp": { ...entry, fields: { ...fields, order: { value: 3, at: "2026-05-20T10:00:00.001Z" } } },
    "one field more": { ...entry, fields: { ...fields, note: { value: "", at: STAMP } } },
    "one field less": { ...entry, fields: { order: fields.order } },
    "a path for its field": { ...entry, fields: { title: fields.title, "order.x": fields.order } },
    "a deletion with it": { ...entry, deletedAt: STAMP },
    "an insert": { ...entry, op: "insert", data: { title: "enc:1:AAAA.BBBB", order: 3 }, fields: undefined },
    "data with it": { ...entry, data: { order: 3 } },
    "another app's pseudonym": {
      ...entry,
      actor: { ...actor, principalId: `mana-mcp:app:${"0".repeat(32)}` },
    },
    "the person's own token": { ...entry, actor: { ...actor, principalId: "mana-mcp:own" } },
    "an undo": { ...entry, actor: { ...actor, principalId: "mana-mcp:undo" } },
    "a person": { ...entry, actor: { ...actor, kind: "user" } },
    "another name": { ...entry, actor: { ...actor, displayName: "Cursor" } },
    "another tool": { ...entry, actor: { ...actor, rationale: "todo.delete" } },
    "another call": {
      ...entry,
      actor: { ...actor, iterationId: `${"f".repeat(32)}${actor.iterationId.slice(32)}` },
    },
    "no signature": { ...entry, actor: { ...actor, iterationId: CALL } },
    "another signature": { ...entry, actor: { ...actor, iterationId: `${CALL}.${"0".repeat(32)}` } },
  };
  for (const [what, change] of Object.entries(altered)) {
    assert.equal((await writerOf(change)).kind, "unverified", what);
  }
  const [insert, undo] = [
    await signed(INSERT),
    await signed(DELETE, { actor: { by: "undo", rationale: "plan-1" } }),
  ];
  for (const op of ["update", "delete"]) {
    assert.equal((await writerOf({ ...insert, op })).kind, "unverified", op);
  }
  assert.equal((await writerOf(undo)).kind, "undo");
  const asPerson = { ...undo, actor: { ...undo.actor, kind: "user" } };
  assert.equal((await writerOf(asPerson)).kind, "unverified", "an undo that the person made");
  assert.equal((await writerOf(entry, { app: "times" })).kind, "unverified", "another app's table");
  assert.equal((await writerOf(entry, { table: "projects" })).kind, "unverified", "another table");
  assert.equal((await writerOf(entry, { subject: "ben" })).kind, "unverified", "another person");
  assert.equal((await writerOf(entry, { key: OTHER_KEY })).kind, "unverified", "a key that was replaced");
  // The oldest service drops `origin`: nothing hangs on it.
  assert.equal((await writerOf({ ...entry, origin: undefined })).kind, "app");
});

Deno.test("a call that only reads has no id, and signs nothing", async () => {
  const authorship = await authorshipWith(KEY);
  const caller = callerFor("anna", "t");
  await assert.rejects(
    () => authorship.sign({ caller, actor: { ...ACTOR, callId: "" }, signal }, TABLE, UPDATE),
    TypeError,
  );
});

const unverified = (name: string, tool: string | null = null, callId: string | null = null): Writer => ({
  kind: "unverified",
  name,
  tool,
  callId,
});

/** Actor, origin, and what is believed. */
const SAID: Record<string, readonly [actor: unknown, origin: string | undefined, writer: Writer]> = {
  "nobody": [undefined, undefined, { kind: "person" }],
  "the web app": [{ kind: "user", principalId: "usr_1", displayName: "Du" }, undefined, { kind: "person" }],
  "a service": [{ kind: "system", principalId: "system:mcp", displayName: "MCP" }, "agent", {
    kind: "person",
  }],
  "the gateway before": [
    { kind: "ai", principalId: "mcp:Claude", displayName: "Claude", rationale: "notes.update" },
    "agent",
    unverified("Claude", "notes.update"),
  ],
  "an agent of the apps": [
    {
      kind: "ai",
      principalId: "legacy:ai-default",
      displayName: "Mana",
      missionId: "m",
      rationale: "Because of you.",
    },
    undefined,
    unverified("Mana"),
  ],
  "an agent that names nobody": [undefined, "agent", unverified("")],
  "a person who says agent": [{ kind: "user", principalId: "usr_1" }, "agent", unverified("")],
  "a person who says to be an app": [
    { kind: "user", principalId: `mana-mcp:app:${"0".repeat(32)}`, displayName: "Claude" },
    "user",
    unverified("Claude"),
  ],
  "a service that says to be an undo": [
    { kind: "system", principalId: "mana-mcp:undo", displayName: "Undo", rationale: "plan" },
    undefined,
    unverified("Undo"),
  ],
  "a kind that nobody knows": [{ kind: "robot", principalId: "r" }, undefined, unverified("")],
  "members of other types": [
    { kind: "ai", principalId: 5, displayName: ["x"], rationale: {}, iterationId: 7 },
    undefined,
    unverified(""),
  ],
  "words that turn and hide": [
    { kind: "ai", principalId: "mcp:x", displayName: 'A\u202e"b\u0007', rationale: "a b", iterationId: CALL },
    undefined,
    unverified("A 'b", null, CALL),
  ],
};

Deno.test("what a change says of its writer without proof is shown short and safe, or is a person's device", async () => {
  for (const [what, [actor, origin, writer]] of Object.entries(SAID)) {
    const entry = throughService(TABLE.name, INSERT, await signed(INSERT).then(({ actor }) => actor));
    assert.deepEqual(await writerOf({ ...entry, actor, origin }), writer, what);
  }
  const long = {
    kind: "ai",
    principalId: "mcp:x",
    displayName: "x".repeat(200_000),
    rationale: "y".repeat(200_000),
  };
  const said = await writerOf({ ...await signed(INSERT), actor: long });
  assert.ok(said.kind === "unverified" && said.name.length <= 65 && said.tool === null);
});
