import assert from "node:assert/strict";
import { lastChange, masterKey, open, pushInsert, seal, withoutPush } from "../../_support/device.ts";
import { listed, notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";

const FILES = { app: "storage", table: "files" };
const FOLDERS = { app: "storage", table: "folders" };

async function filled(world: World, anna: Person): Promise<CryptoKey> {
  const key = await masterKey(world, anna);
  const folders = [["docs", null], ["tax", "docs"], ["old", null]] as const;
  for (const [id, parentFolderId] of folders) {
    const row = {
      name: id,
      path: `/${id}`,
      depth: 0,
      isFavorite: false,
      isDeleted: id === "old",
      parentFolderId,
    };
    await pushInsert(world, anna, FOLDERS, id, row);
  }
  const stored = {
    mimeType: "application/pdf",
    size: 12,
    storagePath: "/x",
    storageKey: "k",
    currentVersion: 1,
  };
  for (const [id, parentFolderId] of [["letter", "docs"], ["bill", "tax"], ["scan", null]] as const) {
    const name = await seal(key, `${id}.pdf`);
    const row = {
      ...stored,
      name,
      originalName: name,
      isFavorite: id === "bill",
      isDeleted: false,
      parentFolderId,
    };
    await pushInsert(world, anna, FILES, id, row);
  }
  return key;
}

async function names(world: World, person: Person, args: Record<string, unknown> = {}): Promise<unknown[]> {
  return (await listed(world, person, "storage_list", args)).rows.map(({ name }) => name);
}

Deno.test("storage.list: files newest first, folders by name, by folder, words, favourites and trash", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await filled(world, anna);
  assert.deepEqual(await names(world, anna), ["scan.pdf", "bill.pdf", "letter.pdf"]);
  assert.deepEqual(await names(world, anna, { folderId: "docs" }), ["letter.pdf"]);
  assert.deepEqual(await names(world, anna, { folderId: "top" }), ["scan.pdf"]);
  assert.deepEqual(await names(world, anna, { query: "BILL" }), ["bill.pdf"]);
  assert.deepEqual(await names(world, anna, { onlyFavorites: true }), ["bill.pdf"]);
  assert.deepEqual(await names(world, anna, { kind: "folder" }), ["docs", "tax"]);
  assert.deepEqual(await names(world, anna, { kind: "folder", inTrash: true }), ["old"]);
  const { rows: [file] } = await listed(world, anna, "storage_list", { limit: 1 });
  assert.deepEqual(Object.keys(file ?? {}).sort(), [
    "createdAt",
    "id",
    "isDeleted",
    "isFavorite",
    "mimeType",
    "name",
    "parentFolderId",
    "size",
    "updatedAt",
  ]);
});

Deno.test("storage.organise: renames, moves, trashes and restores; a file's name is sealed, a folder's is not", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const key = await filled(world, anna);
  const organise = (kind: string, id: string, args: Record<string, unknown>) =>
    callOk(world, anna, "storage_organise", { kind, id, ...args });
  await organise("file", "scan", { name: "Pass.pdf", folderId: "docs", isFavorite: true });
  const { fields } = await lastChange(world, anna, FILES, "scan");
  assert.equal(await open(key, fields?.name?.value), "Pass.pdf");
  assert.deepEqual([fields?.parentFolderId?.value, fields?.isFavorite?.value], ["docs", true]);
  assert.deepEqual(await organise("file", "scan", { folderId: "docs" }), { ok: true, changed: false });
  await organise("folder", "tax", { name: "Steuer", folderId: "top" });
  const folder = await lastChange(world, anna, FOLDERS, "tax");
  assert.deepEqual([folder.fields?.name?.value, folder.fields?.parentFolderId?.value], ["Steuer", null]);
  await organise("file", "bill", { inTrash: true });
  assert.deepEqual(await names(world, anna, { inTrash: true }), ["bill.pdf"]);
  assert.equal((await lastChange(world, anna, FILES, "bill")).op, "update");
  await organise("file", "bill", { inTrash: false });
  assert.deepEqual(await names(world, anna, { inTrash: true }), []);
});

Deno.test("storage.organise: what cannot be is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await filled(world, anna);
  const bad: [Record<string, unknown>, string | RegExp][] = [
    [{ kind: "file", id: "docs", name: "x" }, notFound("file", "docs")],
    [{ kind: "folder", id: "letter", name: "x" }, notFound("folder", "letter")],
    [{ kind: "file", id: "letter", folderId: "no-such" }, notFound("folder", "no-such")],
    [{ kind: "file", id: "letter", folderId: "bill" }, notFound("folder", "bill")],
    [{ kind: "file", id: "letter", folderId: "old" }, /folderId: this folder is in the trash/],
    [{ kind: "folder", id: "docs", folderId: "tax" }, /folderId: it lies within the folder that is to move/],
    [{ kind: "folder", id: "docs", folderId: "docs" }, /folderId: it lies within/],
    [{ kind: "file", id: "letter" }, /nothing to change: give at least one field/],
    [{ kind: "file", id: "letter", name: "x".repeat(256) }, /name: expected at most 255/],
    [{ kind: "album", id: "letter", name: "x" }, /kind: /],
  ];
  await withoutPush(world, async () => {
    for (const [args, words] of bad) {
      const message = await callRefused(world, anna, "storage_organise", args);
      if (typeof words === "string") assert.equal(message, words);
      else assert.match(message, words);
    }
  });
});
