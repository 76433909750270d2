import assert from "node:assert/strict";
import { z } from "zod";
import { lastChange, pullAll, pushInsert, type WireTable, withoutPush } from "../../_support/device.ts";
import { listed, notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { deleteRefused, deleteWithYes } from "../people/_deleting.ts";

const SITES: WireTable = { app: "website", table: "websites" };
const BLOCKS: WireTable = { app: "website", table: "websiteBlocks" };

async function create(world: World, person: Person, slug = "mein-garten") {
  const output = await callOk(world, person, "website_create", { name: "Mein Garten", slug });
  return z.object({ id: z.string(), pageId: z.string() }).parse(output);
}

/** Puts a block as the app does. */
async function pushBlock(
  world: World,
  person: Person,
  id: string,
  more: Record<string, unknown>,
): Promise<void> {
  await pushInsert(world, person, BLOCKS, id, {
    parentBlockId: null,
    slotKey: null,
    type: "hero",
    props: { heading: "Willkommen", body: "Hallo", columns: 2, image: { url: "https://x.test/a.png" } },
    schemaVersion: 3,
    order: 1_024,
    ...more,
  });
}

async function blocksOf(world: World, person: Person, id: string) {
  const Blocks = z.array(z.looseObject({ id: z.string(), props: z.looseObject({}), order: z.number() }));
  return Blocks.parse((await callOk(world, person, "website_read", { id })).blocks);
}

Deno.test("website: a site is made with its home page, and pages are added, changed and listed in order", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id, pageId } = await create(world, anna);
  const added = await callOk(world, anna, "website_save_page", {
    siteId: id,
    path: "/beete",
    title: "Beete",
  });
  await callOk(world, anna, "website_save_page", { id: added.id, title: "Unsere Beete", seoTitle: "Beete" });
  const { rows: [site] } = await listed(world, anna, "website_list");
  assert.deepEqual([site?.slug, site?.publishedVersion], ["mein-garten", null]);
  assert.deepEqual(site?.pages, [
    { id: pageId, path: "/", title: "Start" },
    { id: added.id, path: "/beete", title: "Unsere Beete" },
  ]);
  const mark = await lastChange(world, anna, SITES, id);
  assert.ok(mark.fields?.draftUpdatedAt, "the app shows unpublished changes");
  const { page } = await callOk(world, anna, "website_read", { id: String(added.id) });
  assert.match(JSON.stringify(page), /"seo":\{"title":"Beete"\}/);
});

Deno.test("website.save_block: texts change, everything else of the block stays as the app wrote it", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { pageId } = await create(world, anna);
  await pushBlock(world, anna, "b1", { pageId });
  const args = { id: "b1", texts: { heading: "Servus" } };
  assert.deepEqual(await callOk(world, anna, "website_save_block", args), { id: "b1", changed: true });
  const { fields } = await lastChange(world, anna, BLOCKS, "b1");
  assert.deepEqual(Object.keys(fields ?? {}).sort(), ["props.heading", "updatedAt"]);
  assert.deepEqual(await callOk(world, anna, "website_save_block", args), { id: "b1", changed: false });
  const refused = (texts: Record<string, string>) =>
    withoutPush(world, () => callRefused(world, anna, "website_save_block", { id: "b1", texts }));
  assert.match(await refused({ title: "x" }), /the block has no text "title"; its texts are heading, body/);
  // A number stays a number: the app would not draw the block.
  assert.match(await refused({ columns: "3" }), /the block has no text "columns"/);
});

Deno.test("website.save_block: a copy follows its block, before the next, with the same type and version", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { pageId } = await create(world, anna);
  await pushBlock(world, anna, "b1", { pageId });
  await pushBlock(world, anna, "b2", { pageId, order: 2_048 });
  const copy = await callOk(world, anna, "website_save_block", {
    id: "b1",
    texts: { body: "Mehr" },
    asCopy: true,
  });
  const blocks = await blocksOf(world, anna, pageId);
  assert.deepEqual(blocks.map(({ id }) => id), ["b1", copy.id, "b2"]);
  const { data } = await lastChange(world, anna, BLOCKS, copy.id);
  assert.deepEqual([data?.type, data?.schemaVersion, data?.order], ["hero", 3, 1_536]);
  assert.deepEqual(blocks[1]?.props, { ...blocks[0]?.props, body: "Mehr" });
  await pushBlock(world, anna, "b3", { pageId, parentBlockId: "b2" });
  assert.match(
    await callRefused(world, anna, "website_save_block", { id: "b2", texts: {}, asCopy: true }),
    /asCopy: the block has blocks in it/,
  );
});

Deno.test("website.delete: a block goes with the blocks in it, a page with its blocks, a home page stays", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id: siteId, pageId } = await create(world, anna);
  await pushBlock(world, anna, "b1", { pageId });
  await pushBlock(world, anna, "b2", { pageId, parentBlockId: "b1" });
  await pushBlock(world, anna, "b3", { pageId });
  await deleteWithYes(world, anna, "website_delete", { kind: "block", id: "b1" });
  assert.deepEqual((await blocksOf(world, anna, pageId)).map(({ id }) => id), ["b3"]);
  assert.match(
    await deleteRefused(world, anna, "website_delete", { kind: "page", id: pageId }),
    /id: the home page stays/,
  );
  const page = await callOk(world, anna, "website_save_page", { siteId, path: "/weg", title: "Weg" });
  await pushBlock(world, anna, "b4", { pageId: page.id });
  const { sentence } = await deleteWithYes(world, anna, "website_delete", {
    kind: "page",
    id: String(page.id),
  });
  assert.match(sentence, /Delete the page "Weg"\?/);
  const deleted = (await pullAll(world, anna, BLOCKS)).filter(({ op }) => op === "delete").map(({ id }) =>
    id
  );
  assert.deepEqual(deleted.toSorted(), ["b1", "b2", "b4"]);
});

Deno.test("website: taken and impossible addresses and paths, unknown sites, pages and blocks are refused", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { id, pageId } = await create(world, anna);
  const refused = (tool: string, args: Record<string, unknown>) =>
    withoutPush(world, () => callRefused(world, anna, `website_${tool}`, args));
  assert.match(await refused("create", { name: "x", slug: "mein-garten" }), /slug: another site has it/);
  for (const slug of ["-x", "X", "a".repeat(41), "a b"]) {
    assert.match(await refused("create", { name: "x", slug }), /slug: expected 2 to 40/, slug);
  }
  assert.match(
    await refused("save_page", { siteId: id, path: "/", title: "x" }),
    /path: another page of this site has \//,
  );
  assert.match(
    await refused("save_page", { siteId: id, path: "/Über uns", title: "x" }),
    /path: expected \/ or lower-case/,
  );
  assert.match(await refused("save_page", { siteId: id, title: "x" }), /path, title: a new page needs both/);
  assert.match(await refused("save_page", { title: "x" }), /siteId: a new page needs the site it is for/);
  assert.match(
    await refused("save_page", { id: pageId, siteId: "other", title: "x" }),
    /siteId: the page with this id/,
  );
  assert.equal(await refused("save_page", { siteId: "no", path: "/x", title: "x" }), notFound("site", "no"));
  assert.equal(await refused("read", { id: "no" }), notFound("page", "no"));
  assert.equal(await refused("save_block", { id: "no", texts: {} }), notFound("block", "no"));
});
