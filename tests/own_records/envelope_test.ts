// The envelope of the gateway's own texts, against vectors of another implementation, and that no text opens in another place.
import assert from "node:assert/strict";
import { createDecipheriv, hkdfSync } from "node:crypto";
import fc from "fast-check";
import { z } from "zod";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { openText, type Place, sealText } from "../../lib/own_records/envelope.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";

const vectors = z.array(z.object({
  name: z.string(),
  masterKey: z.string(),
  place: z.object({ subject: z.string(), table: z.string(), recordId: z.string(), field: z.string() }),
  sealed: z.string(),
  text: z.string().nullable(),
})).parse(JSON.parse(Deno.readTextFileSync(new URL("../vectors/own_records.json", import.meta.url))));

async function keyOf(masterKey: string, table: string): Promise<CryptoKey> {
  const keys = createMasterKeys();
  const master = await keys.import(hideStrictly(masterKey));
  assert.ok(master);
  return await keys.sealingKey(master, `mana-mcp/${table}/v1`);
}

for (const { name, masterKey, place, sealed, text } of vectors) {
  Deno.test(`openText() and the vector "${name}"`, async () => {
    assert.equal(await openText(await keyOf(masterKey, place.table), place, sealed), text);
  });
}

Deno.test("the vectors are all there", () => {
  assert.equal(vectors.filter(({ text }) => text !== null).length, 6);
  assert.equal(vectors.filter(({ text }) => text === null).length, 25);
});

const raw = Uint8Array.from({ length: 32 }, (_, index) => 7 * index % 256);
const key = await keyOf(raw.toBase64(), "approvals");
const part = fc.string({ unit: "binary", minLength: 1, maxLength: 20 })
  .filter((text) => text.isWellFormed() && !text.includes("\0"));
const places = fc.record({ subject: part, table: part, recordId: part, field: part });

Deno.test("a sealed text opens in its place, and another implementation opens it too", async () => {
  await fc.assert(
    fc.asyncProperty(places, fc.string({ unit: "grapheme", maxLength: 200 }), async (place, text) => {
      const sealed = await sealText(key, place, text);
      assert.match(sealed, /^mcp:1:[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$/);
      assert.equal(await openText(key, place, sealed), text);
      const bare = new Uint8Array(hkdfSync("sha256", raw, "", "mana-mcp/approvals/v1", 32));
      const tail = Uint8Array.fromBase64(sealed.slice(23), { alphabet: "base64url" });
      const iv = Uint8Array.fromBase64(sealed.slice(6, 22), { alphabet: "base64url" });
      const decipher = createDecipheriv("aes-256-gcm", bare, iv).setAuthTag(tail.slice(-16));
      decipher.setAAD(
        new TextEncoder().encode(`${place.subject}\0${place.table}\0${place.recordId}\0${place.field}`),
      );
      const plain = [decipher.update(tail.slice(0, -16)), decipher.final()];
      assert.equal(
        plain.map((bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)).join(""),
        text,
      );
    }),
  );
});

Deno.test("no swap of person, table, record or field opens a text, nor does any shift between them", async () => {
  await fc.assert(
    fc.asyncProperty(places, places, fc.integer({ min: 1, max: 15 }), async (place, other, mask) => {
      const names = ["subject", "table", "recordId", "field"] as const;
      const moved: Place = Object.assign(
        { ...place },
        ...names.filter((_, bit) => mask & 1 << bit).map((name) => ({ [name]: other[name] })),
      );
      fc.pre(names.some((name) => moved[name] !== place[name]));
      assert.equal(await openText(key, moved, await sealText(key, place, "text")), null);
    }),
  );
  const sealed = await sealText(key, { subject: "ab", table: "c", recordId: "d", field: "e" }, "text");
  for (
    const [subject, table, recordId, field] of [
      ["a", "bc", "d", "e"],
      ["ab", "c", "de", ""],
      ["ab\0c", "d", "e", ""],
      ["ab\0c\0d", "e", "", ""],
      ["ab", "c\0d", "e", ""],
      ["", "ab", "c", "d\0e"],
    ] as const
  ) assert.equal(await openText(key, { subject, table, recordId, field }, sealed), null);
});

Deno.test("no other spelling of a sealed text opens: cut, lengthened, or any one character replaced", async () => {
  const place = { subject: "anna", table: "approvals", recordId: "a", field: "ask" };
  for (const text of ["", "a", "ab"]) {
    const sealed = await sealText(key, place, text);
    for (let index = 0; index < sealed.length; index++) {
      assert.equal(await openText(key, place, sealed.slice(0, index)), null);
      for (const other of "AQgw_-.=+/ \n\0é") {
        if (other === sealed[index]) continue;
        const changed = sealed.slice(0, index) + other + sealed.slice(index + 1);
        assert.equal(await openText(key, place, changed), null, changed);
      }
    }
    for (const more of ["A", "=", "==", ".", " ", "\n"]) {
      assert.equal(await openText(key, place, sealed + more), null);
    }
  }
});

Deno.test("one text is never sealed the same way twice", async () => {
  const place = { subject: "anna", table: "approvals", recordId: "a", field: "ask" };
  const sealed = await Promise.all(Array.from({ length: 100 }, () => sealText(key, place, "text")));
  assert.equal(new Set(sealed.map((text) => text.slice(6, 22))).size, 100);
});
