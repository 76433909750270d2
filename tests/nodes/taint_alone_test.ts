/** Several gateways without a store: what an app has read at one of them is asked for at the others, out of the person's ledger. */
import assert from "node:assert/strict";
import { done, linkIn, onlyOpen, refusal } from "../approvals/_approvals.ts";
import { createFamily } from "./_family.ts";

const NODES = { NODES: "2" };

Deno.test("texts of others at one gateway and private ones at the other: each asks before the app writes where others read", async () => {
  const { world, one, other } = await createFamily(NODES);
  await using _ = world;
  await done(one.share("before anything was read"));
  await done(other.share("there as well"));
  await one.readShared();
  await other.readPrivate();
  await linkIn(one.share("exfiltrated"));
  await linkIn(other.share("exfiltrated"));
});

Deno.test("what is asked for is what was read: one of both alone, or a write into the private space, is carried out at both gateways", async () => {
  const { world, one, other } = await createFamily(NODES);
  await using _ = world;
  await one.readShared();
  await done(other.share("onions"));
  await other.readShared();
  await done(one.share("more onions"));
  await other.readPrivate();
  await done(one.call("notes_create", { title: "private" }));
});

Deno.test("where nothing is noted nobody can know: the app asks and says so, but writes into its person's private space", async () => {
  const { world, owner, one } = await createFamily({ ...NODES, LEDGER: "off" });
  await using _ = world;
  await linkIn(one.share("from wherever"));
  const { sentence } = await onlyOpen(world, owner);
  assert.match(
    sentence,
    /You are asked because nobody can say now whether this app has read texts by others/,
  );
  await done(one.call("notes_create", { title: "private" }));
});

Deno.test("where the ledger cannot be read the app asks, and writes again when it can", async () => {
  const { world, one } = await createFamily(NODES);
  await using _ = world;
  await done(one.share("all is well"));
  world.intercept = ({ url, method }) =>
    method === "GET" && url.includes("/sync/mcp/pull") && url.includes("collection=ledger")
      ? new Response(null, { status: 503 })
      : undefined;
  assert.match(await refusal(one.share("nobody knows")), /approvals/);
  world.intercept = null;
  await done(one.share("all is well again"));
});

Deno.test("a gateway that is alone reads the ledger once, and asks for what it has handed out itself", async () => {
  const { world, one, other } = await createFamily({});
  await using _ = world;
  const reads = () =>
    world.upstreamCalls.filter(({ url }) =>
      url.includes("/sync/mcp/pull") && url.includes("collection=ledger")
    ).length;
  await done(one.share("first"));
  const before = reads();
  await other.readShared();
  await other.readPrivate();
  const atOther = reads();
  await done(one.share("second"));
  await done(one.share("third"));
  assert.equal(reads(), atOther, "no call of this gateway read it again");
  assert.ok(before > 0);
});
