// Notes as another device seals them, and a store that counts what it opens.
import assert from "node:assert/strict";
import { createCipher } from "../../lib/sealing/cipher.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { at, createHarness, type Harness, insert, KEY_A } from "./_harness.ts";

export const cipher = createCipher();

/** A value sealed with a key, as another device does it. */
export async function sealWith(raw: Uint8Array<ArrayBuffer>, value: unknown): Promise<string> {
  const key = await createMasterKeys().import(hideStrictly(raw.toBase64()));
  assert.ok(key);
  return await cipher.seal(key, value);
}

/** A note as anna's own device stores it, in her personal space. */
export async function note(id: string, title: string, data: Record<string, unknown> = {}) {
  return insert("notes", id, {
    title: await sealWith(KEY_A, title),
    content: await sealWith(KEY_A, `${title} content`),
    createdAt: at(Number.parseInt(id) || 0),
    spaceId: "org-anna",
    authorId: "anna",
    visibility: "space",
    ...data,
  }, "org-anna");
}

/** The titles of a listing, in its order. */
export const titles = (listing: { rows: readonly { readonly title?: string }[] }) =>
  listing.rows.map(({ title }) => title);

/** A store that counts what it opens. */
export function createCounted(): Harness & { opened(): number } {
  let opened = 0;
  const h = createHarness({
    cipher: { ...cipher, open: (key, text) => (opened += 1, cipher.open(key, text)) },
  });
  return Object.assign(h, {
    opened() {
      const before = opened;
      opened = 0;
      return before;
    },
  });
}

/** Writes a sealed note, as another device does it. */
export async function write(
  h: Harness,
  id: string,
  title: string,
  content = "",
  more: Record<string, unknown> = {},
) {
  h.services.write("anna", "notes", [
    insert("notes", id, {
      title: await sealWith(KEY_A, title),
      content: await sealWith(KEY_A, content),
      createdAt: at(0),
      ...more,
    }, "org-anna"),
  ]);
}

/** A counting store with three sealed notes, two of which have milk in them. */
export async function threeNotes(): Promise<ReturnType<typeof createCounted>> {
  const h = createCounted();
  await write(h, "1", "Milk", "buy it");
  await write(h, "2", "Tea", "with milk");
  await write(h, "3", "Bread", "and butter");
  return h;
}
