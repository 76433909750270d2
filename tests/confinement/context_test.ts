import assert from "node:assert/strict";
import { z } from "zod";
import { Refused } from "../../lib/kit/errors.ts";
import type { RecordsByAccess } from "../../lib/records/records.ts";
import type { Access } from "../../lib/people/scopes.ts";
import { defineTable } from "../../lib/records/define_table.ts";
import { defineTool, type Tool, type ToolContext } from "../../lib/tool/define_tool.ts";
import { callOk } from "../_support/mcp.ts";
import { moduleOf } from "../_support/modules.ts";
import { AUTH_URL, SERVICE_KEY, SYNC_URL } from "../_support/test_backend.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { type Found, walk } from "./_graph.ts";

const WRITES: Readonly<Record<Access, readonly string[]>> = {
  read: ["insert", "update", "writeTogether", "delete"],
  write: ["delete"],
  destructive: [],
};
const MAY: Readonly<Record<keyof RecordsByAccess, readonly string[]>> = {
  read: ["list", "search", "get", "getPortion", "scan", "lookThrough", "lookThroughDeleted", "count"],
  write: [
    "list",
    "search",
    "get",
    "getPortion",
    "scan",
    "lookThrough",
    "lookThroughDeleted",
    "count",
    "newId",
    "insert",
    "update",
    "writeTogether",
  ],
  destructive: [
    "list",
    "search",
    "get",
    "getPortion",
    "scan",
    "lookThrough",
    "lookThroughDeleted",
    "count",
    "newId",
    "insert",
    "update",
    "writeTogether",
    "delete",
  ],
};

const secrets = defineTable({
  app: "notes",
  name: "notes",
  record: "note",
  row: z.object({ title: z.string().default("") }),
  encrypted: ["title"],
});

/** Takes a context out of a tool, after it was used, so that everything it opens lazily is open. */
type Show = (context: ToolContext<Access>, error: unknown) => void;

/** A tool of this access that shows its context. */
function probe(access: Access, see: Show): Tool {
  const use = async (context: ToolContext<Access>) => {
    const records: RecordsByAccess["read"] = context.records;
    await records.list(secrets);
    see(context, await records.get(secrets, "no such note").catch((thrown) => thrown));
  };
  const basics = {
    name: `probe.${access}`,
    title: "Probe",
    description: "Shows what a tool can get at.",
    input: z.object({}),
    output: z.object({}),
  };
  const run = async (_input: unknown, context: ToolContext<Access>) => {
    await use(context);
    return {};
  };
  switch (access) {
    case "read":
      return defineTool({ ...basics, access, run });
    case "write":
      return defineTool({ ...basics, access, run });
    case "destructive":
      return defineTool({ ...basics, access, run, confirm: () => Promise.resolve("Sure?") });
  }
}

/** The person's key as the vault hands it out. */
async function keyOf(world: World, person: Person): Promise<string> {
  const response = await world.auth("/api/v1/me/encryption-vault/key", {
    headers: { authorization: `Bearer ${person.token}` },
  });
  return z.object({ masterKey: z.string() }).parse(await response.json()).masterKey;
}

async function leaks(world: World, person: Person, found: readonly Found[]): Promise<string[]> {
  const key = await keyOf(world, person);
  const bytes = Uint8Array.fromBase64(key);
  const texts = [
    person.token,
    person.token.split(".")[1] ?? "",
    key,
    SERVICE_KEY,
    AUTH_URL,
    SYNC_URL,
    person.email,
  ];
  return found.filter(({ value }) =>
    (typeof value === "string" && texts.some((text) => value.includes(text))) ||
    (typeof value === "function" && texts.some((text) => value.toString().includes(text))) ||
    value instanceof CryptoKey || value instanceof Request || value instanceof Headers ||
    value instanceof URL ||
    value === fetch || value === world || value === world.gateway ||
    (value instanceof Uint8Array && value.length === bytes.length &&
      value.every((byte, at) => byte === bytes[at]))
  ).map(({ path }) => path);
}

for (const access of ["read", "write", "destructive"] as const) {
  Deno.test(`nothing that a ${access} tool can get at is a token, a key, an address or a method it must not have`, async () => {
    const seen: Found[] = [];
    const contexts: ToolContext<Access>[] = [];
    const tool = probe(access, (context, error) => {
      seen.push(...walk(context, "context"), ...walk(error, "error"));
      contexts.push(context);
      assert.ok(error === null || error instanceof Refused, "the lookup was refused");
    });
    const env: Record<string, string> = access === "destructive" ? { DESTRUCTIVE_TOOLS: tool.name } : {};
    await using world = await createWorld({ modules: [moduleOf(tool)], env });
    const anna = await world.person("anna");
    await callOk(world, anna, `probe_${access}`);
    const [context] = contexts;
    assert.ok(context);

    assert.deepEqual(await leaks(world, anna, seen), []);
    // A signal is the runtime's own, and keeps sets with a `delete`.
    const ours = seen.filter(({ path }) => path.endsWith(" has") && !path.startsWith("context.signal"));
    const names = ours.filter(({ value }) => WRITES[access].includes(String(value)));
    assert.deepEqual(names, []);
    assert.deepEqual(Reflect.ownKeys(context.records), MAY[access]);
    assert.equal(Object.getPrototypeOf(context.records), null);
    const shared = Object.getPrototypeOf(context);
    for (
      const object of [
        context,
        shared,
        shared.constructor,
        context.records,
        ...Object.values(context.records),
      ]
    ) {
      assert.ok(Object.isFrozen(object), "a tool cannot change what another call gets");
    }
    // The walk did go somewhere.
    assert.ok(seen.some(({ path }) => path === "context.records.list"));
    assert.ok(seen.some(({ path }) => path === "context.signal"));
  });
}

Deno.test("the walk finds what is hidden: behind symbols, getters, prototypes, functions and collections", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { token } = anna;
  const held = { token };
  class Client {
    readonly token = token;
  }
  const hiding: readonly unknown[] = [
    { [Symbol("secret")]: { token } },
    Object.defineProperty({}, "quiet", { value: token, enumerable: false }),
    {
      get later() {
        return [token];
      },
    },
    Object.create({ token }),
    Object.assign(() => {}, { client: new Client() }),
    new Map([["a", { token }]]),
    new WeakRef(held),
    AbortSignal.abort(new Error(`Bearer ${token}`)),
  ];
  for (const root of hiding) assert.notDeepEqual(await leaks(world, anna, walk(root, "root")), []);
  assert.equal(held.token, token);
  assert.deepEqual(await leaks(world, anna, walk({ list: () => token }, "root")), [], "a closure is closed");
});
