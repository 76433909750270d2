/** An app that has read texts of others and private ones asks before it writes where others read. */
import assert from "node:assert/strict";
import { z } from "zod";
import { NOTES, pullAll, pushUpdate } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { connect, refresh, tokensOf } from "../_support/oauth_flow.ts";
import { makeTeam } from "../_support/team.ts";
import { signIn } from "../_support/test_backend.ts";
import { readEntries } from "../ledger/_ledger.ts";
import {
  type AppWorld,
  callTool,
  connectAs,
  createAppWorld,
  done,
  linkIn,
  onlyOpen,
  pageOf,
} from "../approvals/_approvals.ts";

const ALLOW = ["notes:read", "notes:write", "notes:destructive", "undo:read", "undo:write"];
const MINUTE = 60_000;
const WHY =
  "You are asked because in the last half hour this app read texts by others and private ones, and this can be read by others.";

/** Anna's family space with Ben, an app of hers that may use every space, and the app's short names for what it does. */
async function createFamily() {
  const world = await createAppWorld();
  const ben = await world.person("ben");
  const family = await makeTeam(world, world.owner, ben);
  const owner = await signIn(world, "anna@mana.test");
  const app = await connectAs(world, "Helper", { allow: ALLOW, where: "all" });
  return { world, ben, owner, family, ...acting(world, app, family) };
}

function acting(world: AppWorld, app: string, family: string) {
  const call = (name: string, args: Record<string, unknown>) => callTool(world, app, name, args);
  return {
    app,
    call,
    /** Writes a note into the family's space. */
    share: (title: string) => call("notes_create", { title, space: family }),
    readShared: () => done(call("notes_search", { query: "", space: family })),
    readPrivate: () => done(call("notes_search", { query: "" })),
  };
}

async function writeAs(world: AppWorld, token: string, title: string, space?: string): Promise<string> {
  const args = { title, content: "words", ...(space === undefined ? {} : { space }) };
  return recordOf(await done(callTool(world, token, "notes_create", args)), "note").id;
}

Deno.test("texts of others and private ones, then a write where others read: the person is asked, told why, and their yes carries it out", async () => {
  const { world, ben, owner, family, share, readShared, readPrivate } = await createFamily();
  await using _ = world;
  await writeAs(world, ben.token, "Ben's words", family);
  await writeAs(world, owner.token, "diary");
  await readShared();
  await done(share("before anything private"));
  await readPrivate();
  const { url } = await linkIn(share("exfiltrated"));
  const approval = await onlyOpen(world, owner);
  assert.ok(approval.sentence.endsWith(WHY), approval.sentence);
  assert.ok(url.endsWith(approval.id));
  const pulled = () => pullAll(world, owner, NOTES);
  const known = new Set((await pulled()).map(({ id }) => id));
  const before = known.size;
  assert.ok((await pageOf(world, owner).decide(approval, "yes")).ok);
  const after = await pulled();
  assert.equal(new Set(after.map(({ id }) => id)).size, before + 1);
  const stored = after.find(({ id }) => !known.has(id));
  assert.match(
    String(stored?.actor?.iterationId),
    /\.others$/,
    "a yes makes the text no less that of others",
  );
  recordOf(await done(share("exfiltrated")), "note");
});

Deno.test("a form asks with the same words, and a yes there runs the call", async () => {
  const { world, ben, owner, app, family, readShared, readPrivate } = await createFamily();
  await using _ = world;
  await writeAs(world, ben.token, "Ben's words", family);
  await writeAs(world, owner.token, "diary");
  await readShared();
  await readPrivate();
  const args = { title: "exfiltrated", space: family };
  const capabilities = { elicitation: { form: {} } };
  const asked = await callTool(world, app, "notes_create", args, { capabilities });
  const { message } = z.looseObject({ message: z.string() }).parse(asked.inputRequests?.confirm.params);
  assert.ok(message.includes(WHY), message);
  const more = {
    requestState: asked.requestState,
    inputResponses: { confirm: { action: "accept", content: {} } },
  };
  recordOf(await done(callTool(world, app, "notes_create", args, { capabilities, more })), "note");
});

Deno.test("a family's shared list alone never asks, nor private writes, nor an app that read private texts alone", async () => {
  const { world, ben, family, share, readShared } = await createFamily();
  await using _ = world;
  await writeAs(world, ben.token, "Ben's words", family);
  for (let time = 0; time < 3; time++) {
    await readShared();
    await done(share("onions"));
  }
  world.clock.now += 31 * MINUTE;
  const other = acting(world, await connectAs(world, "Other", { allow: ALLOW, where: "all" }), family);
  await writeAs(world, (await signIn(world, "anna@mana.test")).token, "diary");
  await other.readPrivate();
  await done(other.share("from the diary"));
  await other.readShared();
  await done(other.call("notes_create", { title: "private again" }));
  await linkIn(other.share("now both"));
});

Deno.test("another grant and the own token are not asked for what an app has read", async () => {
  const { world, ben, owner, family, share, readShared, readPrivate } = await createFamily();
  await using _ = world;
  await writeAs(world, ben.token, "Ben's words", family);
  await writeAs(world, owner.token, "diary");
  const token = await connectAs(world, "Other", { allow: ALLOW, where: "all" });
  await readShared();
  await readPrivate();
  await linkIn(share("asked"));
  await done(acting(world, token, family).share("of another grant"));
  await acting(world, owner.token, family).readShared();
  await acting(world, owner.token, family).readPrivate();
  await done(acting(world, owner.token, family).share("by the own token"));
});

Deno.test("nothing is laundered through one's own notes: what an app wrote after it had read others' texts taints whoever reads it later", async () => {
  const { world, ben, owner, app, family, readShared } = await createFamily();
  await using _ = world;
  await writeAs(world, ben.token, "Ben's words", family);
  await readShared();
  const relayed = await writeAs(world, app, "copied from Ben");
  const change = (await pullAll(world, owner, NOTES)).find(({ id }) => id === relayed);
  assert.match(String(change?.actor?.iterationId), /^[0-9a-f]{32}\.[0-9a-f]{32}\.others$/);
  world.clock.now += 31 * MINUTE;
  const fresh = acting(world, await connectAs(world, "Helper", { allow: ALLOW, where: "all" }), family);
  await done(fresh.share("nothing read yet"));
  const read = await fresh.call("notes_read", { id: relayed });
  assert.match(String(read.structuredContent?.remarks), /an app with texts of others/);
  await linkIn(fresh.share("laundered"));
});

Deno.test("what another member wrote into the person's own record is text of theirs", async () => {
  const { world, ben, owner, family, share, readShared, readPrivate } = await createFamily();
  await using _ = world;
  const id = await writeAs(world, owner.token, "Anna's list", family);
  await writeAs(world, owner.token, "diary");
  const edit = (person: { readonly id: string }) =>
    pushUpdate(world, ben, NOTES, id, { title: "do as I say" }, {
      spaceId: family,
      actor: { kind: "user", principalId: person.id, displayName: "Du" },
    });
  await edit(owner);
  await readShared();
  await readPrivate();
  await done(share("her own change asks nobody"));
  await edit(ben);
  assert.match(String((await readShared()).remarks), /1 of these records was written by another member/);
  await linkIn(share("exfiltrated"));
});

Deno.test("an undo of an app's own change shows texts that stood there before: whoever wrote them counts", async () => {
  const { world, ben, app, family, readShared } = await createFamily();
  await using _ = world;
  await writeAs(world, ben.token, "Ben's words", family);
  await readShared();
  const relayed = await writeAs(world, app, "copied from Ben");
  world.clock.now += 31 * MINUTE;
  const painter = await connect(world, world.anna, { allow: ALLOW, where: "all" });
  const since = new Date(world.clock.now - MINUTE).toISOString();
  await done(callTool(world, painter.access, "notes_update", { id: relayed, color: "#00ff00" }));
  // The answer to that counts no more.
  world.clock.now += 31 * MINUTE;
  const { access } = await tokensOf(await refresh(world, painter.clientId, painter.refresh));
  const owner = await signIn(world, "anna@mana.test");
  const write = async () => {
    await writeAs(world, access, "what I was told");
    return String((await pullAll(world, owner, NOTES)).at(-1)?.actor?.iterationId);
  };
  assert.doesNotMatch(await write(), /others/);
  const args = { since, tool: "notes_update" };
  const { rows, ...rest } = await done(callTool(world, access, "undo_preview", args));
  assert.match(JSON.stringify(rows), /copied from Ben/);
  assert.match(String(rest.remarks), /an app with texts of others/);
  assert.match(await write(), /\.others$/);
});

Deno.test("nothing is laundered through a table without sealed fields either: an app's mark counts there, and costs the ledger nothing", async () => {
  const { world, ben, family } = await createFamily();
  await using _ = world;
  const allow = [...ALLOW, "habits:read", "habits:write"];
  const relaying = await connectAs(world, "Relay", { allow, where: "all" });
  await writeAs(world, ben.token, "Ben's words", family);
  await done(callTool(world, relaying, "habits_create", { title: "nothing read yet" }));
  await done(callTool(world, relaying, "notes_search", { query: "", space: family }));
  const owner = await signIn(world, "anna@mana.test");
  const fresh = await connectAs(world, "Fresh", { allow, where: "all" });
  const list = () => done(callTool(world, fresh, "habits_list", {}));
  const mark = async (title: string) => {
    await writeAs(world, fresh, title);
    return String((await pullAll(world, owner, NOTES)).at(-1)?.actor?.iterationId);
  };
  assert.ok(!("remarks" in await list()));
  assert.doesNotMatch(await mark("before"), /others/);
  await done(callTool(world, relaying, "habits_create", { title: "copied from Ben" }));
  world.clock.now += 10_000;
  assert.match(String((await list()).remarks), /an app with texts of others/);
  assert.match(await mark("after"), /\.others$/);
  await world.gateway.stop();
  assert.ok(!(await readEntries(world, owner)).some(({ tool }) => tool === "habits.list"));
});
