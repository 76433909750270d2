import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { createCipher, isSealed, looksSealed } from "../../lib/sealing/cipher.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { KEY_A, KEY_B } from "../records/_harness.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";

const Vectors = z.array(
  z.object({ name: z.string(), masterKey: z.string(), value: z.unknown(), blob: z.string() }),
);
const vectors = ["envelope.json", "contract.json"].flatMap((file) =>
  Vectors.parse(JSON.parse(Deno.readTextFileSync(new URL(`../vectors/${file}`, import.meta.url))))
);

async function keyOf(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const key = await createMasterKeys().import(hideStrictly(raw.toBase64()));
  assert.ok(key);
  return key;
}

const key = await keyOf(KEY_A);
const otherKey = await keyOf(KEY_B);
const cipher = createCipher();
const small = "enc:1:oKGio6Slpqeoqaqr.kmoJSDES5xO+haxFP3fGMeCtkD4=";

for (const vector of vectors) {
  Deno.test(`open() reads the vector "${vector.name}", and sealing with its IV gives the same bytes`, async () => {
    const own = await createMasterKeys().import(hideStrictly(vector.masterKey));
    assert.ok(own);
    assert.deepEqual(await cipher.open(own, vector.blob), { ok: true, value: vector.value });
    const iv = Uint8Array.fromBase64(vector.blob.slice(6, 22));
    const again = createCipher(() => iv);
    assert.equal(await again.seal(own, vector.value), vector.blob);
  });
}

Deno.test("the vectors are all there", () => assert.equal(vectors.length, 25));

Deno.test("open() refuses a small vector with any one byte of IV, ciphertext or tag flipped", async () => {
  const iv = Uint8Array.fromBase64(small.slice(6, 22));
  const tail = Uint8Array.fromBase64(small.slice(23));
  for (let index = 0; index < iv.length + tail.length; index++) {
    for (const bit of [0x01, 0x80]) {
      const [badIv, badTail] = [iv.slice(), tail.slice()];
      const bytes = index < iv.length ? badIv : badTail;
      const position = index < iv.length ? index : index - iv.length;
      bytes[position] = (bytes[position] ?? 0) ^ bit;
      const opened = await cipher.open(key, `enc:1:${badIv.toBase64()}.${badTail.toBase64()}`);
      assert.deepEqual(opened, { ok: false, reason: "tag" }, `byte ${index}, bit ${bit}`);
    }
  }
});

Deno.test("open() refuses a small vector cut at any place, and lengthened", async () => {
  for (let length = 0; length < small.length; length++) {
    assert.equal((await cipher.open(key, small.slice(0, length))).ok, false, `cut at ${length}`);
  }
  for (const more of ["A", "AAAA", ".", "=", " ", "\n"]) {
    assert.equal((await cipher.open(key, small + more)).ok, false, JSON.stringify(more));
  }
});

const REFUSED: readonly [string, string, string][] = [
  ["another version", small.replace("enc:1:", "enc:2:"), "version"],
  ["a longer version number", small.replace("enc:1:", "enc:10:"), "version"],
  ["no prefix", "Kaffee", "form"],
  ["no dot", small.replace(".", ""), "form"],
  ["an IV of 11 bytes", `enc:1:${new Uint8Array(11).toBase64()}.${small.slice(23)}`, "form"],
  ["an IV of 13 bytes", `enc:1:${new Uint8Array(13).toBase64()}.${small.slice(23)}`, "form"],
  ["the URL alphabet", small.replace("+", "-"), "form"],
  ["no padding", small.slice(0, -1), "form"],
  ["whitespace in the tail", `${small.slice(0, 30)} ${small.slice(30)}`, "form"],
  ["an empty tail", small.slice(0, 23), "tag"],
];
for (const [name, text, reason] of REFUSED) {
  Deno.test(`open() refuses ${name}`, async () => {
    assert.deepEqual(await cipher.open(key, text), { ok: false, reason });
  });
}

Deno.test("open() refuses another key's value", async () => {
  assert.deepEqual(await cipher.open(otherKey, small), { ok: false, reason: "tag" });
});

Deno.test("open() refuses a value whose plaintext is not UTF-8 or not JSON", async () => {
  const iv = new Uint8Array(12);
  for (const plain of [Uint8Array.of(0x22, 0xff, 0x22), new TextEncoder().encode("{"), new Uint8Array()]) {
    const tail = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain);
    const text = `enc:1:${iv.toBase64()}.${new Uint8Array(tail).toBase64()}`;
    assert.deepEqual(await cipher.open(key, text), { ok: false, reason: "text" });
  }
});

Deno.test("seal() takes a fresh IV every time", async () => {
  const sealed = await Promise.all(Array.from({ length: 200 }, () => cipher.seal(key, "x")));
  assert.equal(new Set(sealed.map((text) => text.slice(0, 22))).size, 200);
});

Deno.test("seal() refuses what JSON cannot hold", async () => {
  await assert.rejects(cipher.seal(key, undefined), { name: "TypeError", message: /not JSON/ });
});

Deno.test("seal() keeps lone surrogates, as JSON escapes", async () => {
  const value = "a\ud800b";
  assert.deepEqual(await cipher.open(key, await cipher.seal(key, value)), { ok: true, value });
});

Deno.test("any JSON value survives sealing and opening", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const opened = await cipher.open(key, await cipher.seal(key, value));
      assert.deepEqual(opened, { ok: true, value: JSON.parse(JSON.stringify(value)) });
    }),
  );
});

Deno.test("no altered character of a sealed value opens", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string(),
      fc.nat(),
      fc.constantFrom(..."AZaz09+/=. \n"),
      async (value, at, character) => {
        const sealed = await cipher.seal(key, value);
        const position = 6 + at % (sealed.length - 6);
        const altered = sealed.slice(0, position) + character + sealed.slice(position + 1);
        if (altered !== sealed) assert.equal((await cipher.open(key, altered)).ok, false);
      },
    ),
  );
});

Deno.test("open() never throws, whatever is stored", async () => {
  const text = fc.oneof(
    fc.string(),
    fc.string().map((tail) => `enc:1:${tail}`),
    fc.base64String().map((b) => `enc:1:${b}`),
  );
  await fc.assert(
    fc.asyncProperty(text, async (stored) => assert.equal((await cipher.open(key, stored)).ok, false)),
  );
});

Deno.test("isSealed() and looksSealed() tell ciphertext from text", () => {
  const table: readonly [unknown, boolean, boolean][] = [
    [small, true, true],
    ["enc:1:", true, true],
    ["enc:2:x", false, true],
    ["enc:12:x", false, true],
    ["enc:x", false, false],
    ["enc::", false, false],
    ["Enc:1:x", false, false],
    [" enc:1:x", false, false],
    [null, false, false],
    [1, false, false],
  ];
  for (const [value, sealed, looks] of table) {
    assert.equal(isSealed(value), sealed, String(value));
    assert.equal(looksSealed(value), looks, String(value));
  }
});

Deno.test("MasterKeys.import() takes standard base64 of 32 bytes and nothing else, non-extractable", async () => {
  assert.equal(key.extractable, false);
  assert.deepEqual(key.usages.toSorted(), ["decrypt", "encrypt"]);
  const good = KEY_B.toBase64();
  for (
    const bad of [
      "",
      "key",
      new Uint8Array(31).toBase64(),
      new Uint8Array(33).toBase64(),
      new Uint8Array(16).toBase64(),
      good.slice(0, -1),
      `${good} `,
      KEY_B.toBase64({ alphabet: "base64url" }),
    ]
  ) assert.equal(await createMasterKeys().import(hideStrictly(bad)), null, bad);
});
