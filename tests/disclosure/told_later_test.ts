/** What an app is told of its questions later, by calls that open nothing: the texts in it are counted, noted and labelled all the same. */
import assert from "node:assert/strict";
import { z } from "zod";
import { unpackIds } from "../../lib/ledger/id_list.ts";
import { defineTool } from "../../lib/tool/define_tool.ts";
import { notes } from "../../tools/day/notes.ts";
import { MODULES } from "../../tools/modules.ts";
import { tellOfGrant } from "../_support/connected.ts";
import { NOTES, pullAll } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { makeTeam } from "../_support/team.ts";
import { signIn } from "../_support/test_backend.ts";
import {
  type AppWorld,
  type CallOptions,
  callTool,
  connectAs,
  createAppWorld,
  done,
  linkIn,
  onlyOpen,
  pageOf,
  refusal,
} from "../approvals/_approvals.ts";
import { readEntries } from "../ledger/_ledger.ts";

const ALLOW = ["notes:read", "notes:write", "notes:destructive"];

/** Changes a note and answers with its title: a tool whose outcome holds a text. */
const recolor = defineTool({
  name: "notes.recolor",
  title: "Give a note a color",
  access: "write",
  description: "Give a note a color.",
  input: z.object({ id: z.string(), color: z.string() }),
  output: z.object({ id: z.string(), title: z.string() }),
  async run({ id, color }, { records }) {
    let title = "";
    await records.update(notes, id, (note) => {
      title = note.title ?? "";
      return { color };
    });
    return { id, title };
  },
});
const WITH_RECOLOR = MODULES.map((module) =>
  module.name === "notes" ? { ...module, tools: [...module.tools, recolor] } : module
);

/** An app that asks before each change, and two notes of Anna's: one that the app asks about, and another. */
async function createAskingWorld() {
  const world = await createAppWorld({}, WITH_RECOLOR);
  const asking = await connectAs(world, "Careful app", { allow: ALLOW, ask: "first", where: "all" });
  const make = async (title: string) =>
    recordOf(
      await done(callTool(world, world.owner.token, "notes_create", { title, content: "words" })),
      "note",
    )
      .id;
  const [id, other] = [await make("secret"), await make("other")];
  const args = { id, color: "#00ff00" };
  return {
    world,
    id,
    other,
    ask: () => callTool(world, asking, "notes_recolor", args),
    call: (name: string, given: Record<string, unknown>, options: CallOptions = {}) =>
      callTool(world, asking, name, given, options),
    decide: async () => {
      const decided = await pageOf(world, world.owner).decide(await onlyOpen(world, world.owner), "yes");
      assert.ok(decided.ok, JSON.stringify(decided));
    },
  };
}

async function readIn(world: AppWorld, tool: string) {
  const entries = (await readEntries(world, world.owner)).filter((entry) => entry.tool === tool);
  return entries.map(({ read }) => read.map((part) => [part.c, part.s, unpackIds(part)]));
}

Deno.test("an outcome that holds a note is in the ledger as handed out, by approvals_get and by the same call again", async () => {
  const { world, id, ask, call, decide } = await createAskingWorld();
  await using _ = world;
  const question = await linkIn(ask());
  await decide();
  assert.match(JSON.stringify(await done(call("approvals_get", { id: question.id }))), /secret/);
  await linkIn(call("notes_recolor", { id, color: "#0000ff" }));
  await decide();
  assert.match(JSON.stringify(await done(call("notes_recolor", { id, color: "#0000ff" }))), /secret/);
  await world.gateway.stop();
  const [stored] = await pullAll(world, world.owner, NOTES);
  const handed = [["notes/notes", stored?.spaceId, [id]]];
  assert.deepEqual(await readIn(world, "approvals.get"), [handed]);
  assert.deepEqual((await readIn(world, "notes.recolor")).filter((read) => read.length > 0), [handed]);
});

Deno.test("past the budget an outcome is told as its status alone, and nothing is done twice", async () => {
  const { world, other, ask, call, decide } = await createAskingWorld();
  await using _ = world;
  tellOfGrant(world, { read_budget: 1 });
  world.clock.now += 10_000;
  const question = await linkIn(ask());
  await decide();
  await done(call("notes_read", { id: other }));
  assert.match(
    await refusal(ask()),
    /^This was done: the person has allowed it\. What came of it is not told/,
  );
  const told = await done(call("approvals_get", { id: question.id }));
  assert.deepEqual(Object.keys(told).toSorted(), ["remarks", "status"]);
  assert.equal(told.status, "done");
  assert.match(
    String(told.remarks),
    /^Note from the gateway: 0 of 1 record of this hour left for this app\./,
  );
});

Deno.test("an outcome that was told counts: the app may be handed another record less", async () => {
  const { world, other, ask, call, decide } = await createAskingWorld();
  await using _ = world;
  tellOfGrant(world, { read_budget: 1 });
  world.clock.now += 10_000;
  const question = await linkIn(ask());
  await decide();
  const get = () => done(call("approvals_get", { id: question.id }));
  assert.match(JSON.stringify(await get()), /secret/);
  assert.match(JSON.stringify(await get()), /secret/, "the same record again costs nothing");
  assert.match(await refusal(call("notes_read", { id: other })), /^This app has used up/);
});

Deno.test("an answer that only says which record was changed tells nothing of it, and costs nothing", async () => {
  const { world, id, other, call, decide } = await createAskingWorld();
  await using _ = world;
  tellOfGrant(world, { read_budget: 1 });
  world.clock.now += 10_000;
  const question = await linkIn(call("notes_delete", { id }));
  await decide();
  assert.deepEqual(await done(call("approvals_get", { id: question.id })), {
    status: "done",
    result: { ok: true, id },
  });
  await done(call("notes_read", { id: other }));
  await world.gateway.stop();
  assert.deepEqual(await readIn(world, "approvals.get"), []);
});

Deno.test("a question that waits names a title again only within the budget, and counts by it", async () => {
  const { world, id, other, call } = await createAskingWorld();
  await using _ = world;
  tellOfGrant(world, { read_budget: 1 });
  world.clock.now += 10_000;
  const opening = { capabilities: { elicitation: { url: {} } } };
  const ask = async () => JSON.stringify(await call("notes_delete", { id }, opening));
  // A link names nothing, so nothing counts: the other note can be read.
  await linkIn(call("notes_delete", { id }));
  await done(call("notes_read", { id: other }));
  const untold = await ask();
  assert.match(untold, /A call of this app waits for you/);
  assert.ok(!untold.includes("secret"));
  world.clock.now += 61 * 60_000;
  const token = await connectAs(world, "Opening app", { allow: ALLOW, where: "all" });
  const askAs = async () => JSON.stringify(await callTool(world, token, "notes_delete", { id }, opening));
  await linkIn(callTool(world, token, "notes_delete", { id }));
  assert.match(await askAs(), /secret/);
  assert.match(await askAs(), /secret/, "the same record again costs nothing");
  assert.match(await refusal(callTool(world, token, "notes_read", { id: other })), /^This app has used up/);
});

Deno.test("an outcome with another app's words taints the app that is told it, and nobody before", async () => {
  const { world, call, decide } = await createAskingWorld();
  await using _ = world;
  const made = done(callTool(world, world.app, "notes_create", { title: "words of the other app" }));
  const { id } = recordOf(await made, "note");
  const mark = async (title: string) => {
    await linkIn(call("notes_create", { title }));
    await decide();
    return String((await pullAll(world, world.owner, NOTES)).at(-1)?.actor?.iterationId);
  };
  const question = await linkIn(call("notes_recolor", { id, color: "#00ff00" }));
  await decide();
  assert.doesNotMatch(await mark("before"), /others/);
  assert.match(String((await done(call("approvals_get", { id: question.id }))).remarks), /Another app wrote/);
  assert.match(await mark("after"), /\.others$/);
});

Deno.test("an app of several spaces that has named none is told its outcome all the same, and the ledger names the space of the records", async () => {
  const world = await createAppWorld({}, WITH_RECOLOR);
  await using _ = world;
  const ben = await world.person("ben");
  const space = [await makeTeam(world, world.owner, ben), await makeTeam(world, world.owner, ben)];
  const [family = ""] = space;
  const app = await connectAs(world, "App of two spaces", {
    allow: ALLOW,
    ask: "first",
    where: "some",
    space,
  });
  const args = { title: "secret", space: family };
  const { id } = recordOf(await done(callTool(world, ben.token, "notes_create", args)), "note");
  const question = await linkIn(
    callTool(world, app, "notes_recolor", { id, color: "#00ff00", space: family }),
  );
  assert.match(await refusal(callTool(world, app, "notes_read", { id })), /space/);
  const owner = await signIn(world, "anna@mana.test");
  const scope = `notes:read notes:write notes:destructive space:${family}`;
  const approval = await onlyOpen(world, owner);
  assert.ok((await pageOf(world, owner).decide(approval, "yes", { grant: { isLive: true, scope } })).ok);
  assert.match(
    JSON.stringify(await done(callTool(world, app, "approvals_get", { id: question.id }))),
    /secret/,
  );
  await world.gateway.stop();
  assert.deepEqual(await readIn({ ...world, owner }, "approvals.get"), [[["notes/notes", family, [id]]]]);
});
