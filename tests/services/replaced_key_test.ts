import assert from "node:assert/strict";
import { VAULT_BELIEF_MS, VAULT_RENEWAL_MS } from "../../lib/kit/limits.ts";
import {
  goZeroKnowledge,
  lastChange,
  masterKey,
  NOTES,
  open,
  pushInsert,
  rotateKey,
  seal,
  TASKS,
  withoutPush,
} from "../_support/device.ts";
import { listed, recordOf, titles } from "../_support/listed.ts";
import { callOk, callRefused, rpc } from "../_support/mcp.ts";
import { inSpace, makeTeam } from "../_support/team.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";

/** The world's clock runs up to a second ahead of what a test sets. */
const TICKS_MS = 1_000;
const ZERO_KNOWLEDGE =
  "Your vault is in zero-knowledge mode, so no server holds your key: encrypted data can only be " +
  "used in the Mana app.";

/** Timers that ring when a test says so. */
function createTimers() {
  const armed = new Set<{ readonly run: () => void; readonly delayMs: number }>();
  return {
    after(delayMs: number, run: () => void) {
      const timer = { run, delayMs };
      armed.add(timer);
      return () => void armed.delete(timer);
    },
    /** Rings those that are due within `ms` of being armed. */
    ring(ms: number) {
      for (const timer of [...armed]) if (timer.delayMs <= ms && armed.delete(timer)) timer.run();
    },
  };
}

/** Resolves once the sync service has stored the next push of a record. */
function nextPush(world: World, id: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  world.intercept = async (request) => {
    if (request.method !== "POST" || !request.url.includes("/sync/")) return undefined;
    const body = await request.clone().text();
    const response = await world.backend.sync.fetch(request);
    if (body.includes(id)) resolve();
    return response;
  };
  return promise;
}

const asked = (world: World, path: string) =>
  world.upstreamCalls.filter(({ url }) => url.endsWith(`/encryption-vault/${path}`)).length;

/** A note that the gateway has written, so that it holds the key. */
async function warm(world: World): Promise<Person> {
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: "before" });
  return anna;
}

Deno.test("a key that another device replaced under a warm gateway: what is written then is readable with the new one", async () => {
  const timers = createTimers();
  await using world = await createWorld({ after: timers.after });
  const anna = await warm(world);
  const newKey = await rotateKey(world, anna);
  const { id } = recordOf(
    await callOk(world, anna, "notes_create", { title: "at once", content: "c" }),
    "note",
  );
  const sealed = await lastChange(world, anna, NOTES, id);
  await assert.rejects(open(newKey, sealed.data?.title), "the gateway could not know yet");
  const stored = nextPush(world, id);
  world.clock.now += VAULT_BELIEF_MS - VAULT_RENEWAL_MS;
  timers.ring(VAULT_BELIEF_MS);
  await stored;
  const again = await lastChange(world, anna, NOTES, id);
  assert.equal(await open(newKey, again.fields?.title?.value), "at once");
  assert.equal(await open(newKey, again.fields?.content?.value), "c");
  assert.equal(
    (await listed(world, anna, "notes_search")).rows.find((row) => row.id === id)?.title,
    "at once",
  );
  assert.equal(asked(world, "key"), 2, "one audit row for the writing, one for what came after");

  world.clock.now += VAULT_BELIEF_MS + TICKS_MS;
  const later = recordOf(await callOk(world, anna, "notes_create", { title: "later" }), "note");
  assert.equal(await open(newKey, (await lastChange(world, anna, NOTES, later.id)).data?.title), "later");
});

Deno.test("a gateway that stops looks at the key of what it wrote just now", async () => {
  await using world = await createWorld({ after: createTimers().after });
  const anna = await warm(world);
  const newKey = await rotateKey(world, anna);
  const { id } = recordOf(await callOk(world, anna, "notes_create", { title: "last" }), "note");
  world.delay = () => new Promise(() => {}); // the time for it does not run out
  await world.gateway.stop();
  assert.equal(await open(newKey, (await lastChange(world, anna, NOTES, id)).fields?.title?.value), "last");
});

Deno.test("zero-knowledge is noticed within fifteen seconds, by reading and by writing", async () => {
  for (const tool of ["notes_search", "notes_create"]) {
    await using world = await createWorld();
    const anna = await warm(world);
    await callOk(world, anna, "notes_search");
    await goZeroKnowledge(world, anna);
    world.clock.now += VAULT_BELIEF_MS;
    await withoutPush(world, async () => {
      const args = tool === "notes_create" ? { title: "after" } : {};
      assert.equal(await callRefused(world, anna, tool, args), ZERO_KNOWLEDGE);
      // With the refusal the key is gone for everything else too.
      assert.equal(await callRefused(world, anna, "notes_search"), ZERO_KNOWLEDGE);
    });
    // The first write, and the refusals: where a status has told it first, one less.
    assert.ok([2, 3].includes(asked(world, "key")), String(asked(world, "key")));
  }
});

/** Every way to a sealed field, with what it needs: a tool's arguments, or the address of a resource. */
const DOORS: readonly (readonly [name: string, args: Record<string, unknown>])[] = [
  ["notes_search", {}],
  ["notes_search", { query: "secret" }],
  ["notes_read", { id: "n" }],
  ["notes_create", { title: "after" }],
  ["todo_list", {}],
  ["todo_create", { title: "after" }],
  ["todo_complete", { id: "t" }],
  ["journal_add", { content: "after" }],
  ["resources/read", { path: "notes" }],
  ["resources/read", { path: "notes/n" }],
];

Deno.test("zero-knowledge closes every way to a sealed field within fifteen seconds, however busy the person is", async () => {
  for (const [name, args] of DOORS) {
    await using world = await createWorld();
    const anna = await world.person("anna");
    const key = await masterKey(world, anna);
    await pushInsert(world, anna, NOTES, "n", { title: await seal(key, "secret"), content: "" });
    await pushInsert(world, anna, TASKS, "t", { title: await seal(key, "secret"), isCompleted: false });
    const enter = async () => {
      const answer = name === "resources/read"
        ? await rpc(world, anna, name, { uri: `mana://spaces/${anna.personalSpace}/${args["path"]}` })
        : await rpc(world, anna, "tools/call", { name, arguments: args });
      return answer.text;
    };
    // Both look-ups of the key are fresh when the person switches, and asked for all the time.
    await callOk(world, anna, "notes_create", { title: "warm" });
    await callOk(world, anna, "notes_search");
    await goZeroKnowledge(world, anna);
    const switched = world.clock.now;
    for (let passed = 0; passed < VAULT_BELIEF_MS; passed += 4_000) {
      world.clock.now = switched + passed;
      await enter();
    }
    world.clock.now = switched + VAULT_BELIEF_MS;
    await withoutPush(world, async () => {
      const text = await enter();
      assert.ok(text.includes(ZERO_KNOWLEDGE), `${name} ${JSON.stringify(args)}: ${text}`);
      assert.ok(!text.includes("secret"), name);
    });
  }
});

Deno.test("zero-knowledge closes sealed fields in a shared space too, and leaves its plaintext", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const team = await makeTeam(world, anna);
  const sealed = await seal(await masterKey(world, anna), "secret");
  await pushInsert(world, anna, NOTES, "old", { title: sealed, spaceId: team });
  await pushInsert(world, anna, NOTES, "new", { title: "plain", spaceId: team });
  assert.deepEqual(await titles(world, anna, "notes_search", {}, inSpace(team)), ["plain", "secret"]);
  await goZeroKnowledge(world, anna);
  world.clock.now += VAULT_BELIEF_MS;
  assert.deepEqual(await titles(world, anna, "notes_search", {}, inSpace(team)), ["plain", undefined]);
});

Deno.test("reading for minutes leaves one audit row, and waits for no status, however slow the vault", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, NOTES, "n", { title: await seal(await masterKey(world, anna), "mine") });
  assert.deepEqual(await titles(world, anna, "notes_search"), ["mine"]);
  for (let round = 1; round <= 12; round++) {
    world.clock.now += VAULT_BELIEF_MS - VAULT_RENEWAL_MS;
    const { promise, resolve } = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    world.intercept = async (request) => {
      if (!request.url.endsWith("/encryption-vault/status")) return undefined;
      await promise;
      const response = await world.backend.auth.fetch(request);
      answered.resolve();
      return response;
    };
    // Both come back while the vault says nothing, and ask it once.
    const both = await Promise.all([
      titles(world, anna, "notes_search"),
      titles(world, anna, "notes_search"),
    ]);
    assert.deepEqual(both, [["mine"], ["mine"]]);
    assert.equal(asked(world, "status"), round);
    resolve();
    await answered.promise;
    world.intercept = null;
    await titles(world, anna, "notes_search"); // by now the answer has been read
  }
  assert.equal(asked(world, "key"), 1);
});

Deno.test("a vault that does not tell its status is no leave to read on", async () => {
  await using world = await createWorld();
  const anna = await warm(world);
  world.intercept = ({ url }) =>
    url.endsWith("/encryption-vault/status") ? new Response(null, { status: 503 }) : undefined;
  world.clock.now += VAULT_BELIEF_MS - VAULT_RENEWAL_MS - TICKS_MS;
  assert.deepEqual(await titles(world, anna, "notes_search"), ["before"], "what it said last still counts");
  world.clock.now += VAULT_RENEWAL_MS + TICKS_MS;
  const words = "The key vault is not available: try again later.";
  assert.equal(await callRefused(world, anna, "notes_search"), words);
  await callOk(world, anna, "habits_list");
  world.intercept = null;
  assert.deepEqual(await titles(world, anna, "notes_search"), ["before"]);
  assert.equal(asked(world, "key"), 1);
});
