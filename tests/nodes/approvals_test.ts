// What a person decides on their page, and what is undone, over the loss of a node: nothing of it is any node's, with and without
// NODE_SECRET.
import assert from "node:assert/strict";
import {
  type AppWorld,
  callTool,
  createAppWorld,
  done,
  linkIn,
  onlyOpen,
  pageOf,
  refusal,
} from "../approvals/_approvals.ts";
import { lastChange, NOTES, pullAll } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { addNode, askPagesAt, lose, type Node, SHARED } from "../_support/two_nodes.ts";
import { decide, everything, OWN, preview } from "../undo/_pages.ts";

const WORLDS = [["with NODE_SECRET", SHARED], ["without NODE_SECRET", {}]] as const;

const at = (world: AppWorld, node: Node, name: string, args: Record<string, unknown>, app = world.app) =>
  callTool(world, app, name, args, { gateway: node.gateway });

async function noteOf(world: AppWorld): Promise<string> {
  return recordOf(await done(callTool(world, world.app, "notes_create", { title: "Shopping" })), "note").id;
}

for (const [name, env] of WORLDS) {
  Deno.test(`${name}: asked at a node that is lost, decided through a second node, told at a third`, async () => {
    await using world = await createAppWorld(env);
    const [a, b, c] = [addNode(world), addNode(world), addNode(world)];
    const id = await noteOf(world);
    const link = await linkIn(at(world, a, "notes_delete", { id }));
    const gone = lose(a);
    askPagesAt(world, b);
    const approval = await onlyOpen(world, world.owner);
    assert.equal(approval.id, link.id);
    const click = await pageOf(world, world.owner).decide(approval, "yes");
    assert.ok(click.ok, JSON.stringify(click));
    assert.equal(click.answer.approval.status, "done");
    await assert.rejects(at(world, gone, "notes_delete", { id }), TypeError);
    assert.deepEqual(await done(at(world, c, "notes_delete", { id })), { ok: true, id });
    assert.equal((await done(at(world, c, "approvals_get", { id: link.id }))).status, "done");
    const deletions = (await pullAll(world, world.owner, NOTES)).filter(({ op }) => op === "delete");
    assert.equal(deletions.length, 1);
  });

  Deno.test(`${name}: a no that was given through one node stands at every other`, async () => {
    await using world = await createAppWorld(env);
    const [a, b, c] = [addNode(world), addNode(world), addNode(world)];
    const id = await noteOf(world);
    await linkIn(at(world, a, "notes_delete", { id }));
    lose(a);
    askPagesAt(world, b);
    const approval = await onlyOpen(world, world.owner);
    assert.ok((await pageOf(world, world.owner).decide(approval, "no")).ok);
    askPagesAt(world, c);
    assert.equal((await pageOf(world, world.owner).decide(approval, "yes")).ok, false);
    assert.match(await refusal(at(world, c, "notes_delete", { id })), /confirmation-declined/);
  });

  Deno.test(`${name}: an undo that one node planned is carried out by another, and again changes nothing`, async () => {
    await using world = await createAppWorld(env);
    const [a, b, c] = [addNode(world), addNode(world), addNode(world)];
    const id = await noteOf(world);
    world.clock.now += 1_000;
    await done(at(world, a, "notes_update", { id, title: "Spoilt" }));
    world.clock.now += 1_000;
    const args = { since: new Date(world.clock.now - 60_000).toISOString(), tool: "notes_update" };
    const { plan } = await done(at(world, a, "undo_preview", args));
    lose(a);
    const undone = await done(at(world, b, "undo_apply", { plan, ...args }));
    assert.deepEqual([undone.status, undone.written], ["done", 1]);
    const first = await lastChange(world, world.owner, NOTES, id);
    await done(at(world, c, "undo_apply", { plan, ...args }));
    const again = await lastChange(world, world.owner, NOTES, id);
    assert.deepEqual(again.fields, first.fields);
    const { note } = await done(at(world, c, "notes_read", { id }));
    assert.equal(Reflect.get(Object(note), "title"), "Shopping");
  });

  Deno.test(`${name}: an undo that the page showed through one node is clicked through another`, async () => {
    await using world = await createAppWorld(env);
    const [a, b] = [addNode(world), addNode(world)];
    const id = await noteOf(world);
    world.clock.now += 1_000;
    await done(at(world, a, "notes_update", { id, title: "Spoilt" }, world.owner.token));
    world.clock.now += 1_000;
    askPagesAt(world, a);
    const person = Object.assign(world.owner, { personalSpace: "" });
    const shown = await preview(world, person, everything(OWN));
    lose(a);
    askPagesAt(world, b);
    const clicked = await decide(world, person, everything(OWN), shown);
    assert.ok(clicked.ok, JSON.stringify(clicked));
    assert.equal(clicked.answer.status, "done");
    const { note } = await done(at(world, b, "notes_read", { id }));
    assert.equal(Reflect.get(Object(note), "title"), "Shopping");
  });
}
