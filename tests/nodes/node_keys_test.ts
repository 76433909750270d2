import assert from "node:assert/strict";
import { createNodeKeys, type NodePurpose } from "../../lib/nodes/node_keys.ts";
import { parseSettings } from "../../lib/settings/settings.ts";

const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));

function keysOf(nodeSecret: string) {
  const parsed = parseSettings({ NODE_SECRET: nodeSecret });
  assert.ok(parsed.ok);
  return createNodeKeys(parsed.settings.nodeSecrets, random);
}

/** 32 bytes whose base64 has both characters that base64url spells otherwise. */
const BYTES = Uint8Array.from({ length: 32 }, (_, at) => [0xfb, 0xff][at % 2] ?? 0);
const OTHER = new Uint8Array(32).fill(1).toBase64();

Deno.test("nodes that share NODE_SECRET have the same keys, however the secret is written", () => {
  const one = keysOf(`b:${BYTES.toBase64()}, a:${OTHER}`);
  const other = keysOf(
    `b:${BYTES.toBase64({ alphabet: "base64url", omitPadding: true })},a:${OTHER}`,
  );
  assert.ok(one.isShared);
  assert.deepEqual(one.derive("cursor"), other.derive("cursor"));
  assert.deepEqual(one.derive("cursor").map(({ kid }) => kid), ["b", "a"]);
});

Deno.test("each purpose and each secret has a key of its own", () => {
  const keys = keysOf(`b:${BYTES.toBase64()},a:${OTHER}`);
  const purposes: readonly NodePurpose[] = [
    "cursor",
    "confirmation",
    "session",
    "pseudonym",
    "store-key",
    "node-message",
  ];
  const found = purposes.flatMap((purpose) => keys.derive(purpose).map(({ bytes }) => bytes.toHex()));
  assert.equal(new Set(found).size, 2 * purposes.length);
  assert.ok(found.every((key) => key.length === 64));
});

// A node of a later version has to derive what this one does: the vector was computed with Python's hmac and hashlib.
Deno.test("a key is HKDF-SHA-256 of the secret, with the purpose as info", () => {
  const [{ bytes }] = keysOf(`1:${new Uint8Array(32).fill(7).toBase64()}`).derive("cursor");
  assert.equal(bytes.toHex(), "a13fa4abcad69a54c5eecaf6c4ef093a4eba1b5bd66eba5611ddda31e3f6e7df");
});

Deno.test("without NODE_SECRET a process has keys that no other process has", () => {
  const [one, other] = [createNodeKeys([], random), createNodeKeys([], random)];
  assert.equal(one.isShared, false);
  assert.equal(one.derive("cursor").length, 1);
  assert.deepEqual(one.derive("cursor"), one.derive("cursor"));
  assert.notDeepEqual(one.derive("cursor"), other.derive("cursor"));
});
