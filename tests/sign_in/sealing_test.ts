import assert from "node:assert/strict";
import { createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { createSealing } from "../../sign_in/people/remote/sealing.ts";
import { onlySecret, type Secrets } from "../../sign_in/secrets/secrets.ts";

const SECRET = "the first secret, which is long enough";
const PLACE = { holder: "grant:1", userId: "anna" };
const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;

function sealingWith(
  secrets: Secrets,
  purpose = "a purpose",
  randomBytes = (length: number) => new Uint8Array(length).fill(7),
) {
  return createSealing({ secrets, purpose, randomBytes });
}

function keyFor(use: string): Uint8Array {
  const info = JSON.stringify(["mana sign-in", "a purpose", use]);
  return new Uint8Array(hkdfSync("sha256", SECRET, new Uint8Array(), info, 32));
}

Deno.test("sealing: AES-256-GCM by a key of HKDF-SHA-256, the key's id in front, the place as additional data", async () => {
  const sealing = sealingWith(onlySecret(SECRET));
  const sealed = await sealing.seal("name=value", PLACE);
  assert.equal(sealed, "0.BwcHBwcHBwcHBwcH9wUTR8Ko-gsJZszeLom2NBZnKdQfqPYgAeE");
  const bytes = Uint8Array.fromBase64(sealed.slice(2), BASE64URL);
  const decipher = createDecipheriv("aes-256-gcm", keyFor("seal"), bytes.subarray(0, 12));
  decipher.setAAD(new TextEncoder().encode('["a purpose","grant:1","anna"]'));
  decipher.setAuthTag(bytes.subarray(-16));
  assert.equal(
    decipher.update(bytes.subarray(12, -16), undefined, "utf8") + decipher.final("utf8"),
    "name=value",
  );
  const mark = createHmac("sha256", keyFor("mark")).update("name=value").digest("base64url");
  assert.equal(await sealing.fingerprint("name=value"), mark);
});

Deno.test("sealing: a text opens at its own place, for its own purpose, whole, and nowhere else", async () => {
  const sealing = sealingWith(onlySecret(SECRET));
  const sealed = await sealing.seal("name=value", PLACE);
  assert.equal(await sealing.open(sealed, PLACE), "name=value");
  for (
    const place of [{ ...PLACE, holder: "grant:2" }, { ...PLACE, userId: "ben" }, {
      holder: 'grant:1","anna',
      userId: "",
    }]
  ) {
    assert.equal(await sealing.open(sealed, place), undefined);
  }
  assert.equal(await sealingWith(onlySecret(SECRET), "another").open(sealed, PLACE), undefined);
  assert.equal(await sealingWith(onlySecret(`${SECRET}!`)).open(sealed, PLACE), undefined);
  for (let i = 0; i < sealed.length - 1; i++) { // the last character has bits that mean nothing
    const other = sealed[i] === "A" ? "B" : "A";
    assert.equal(
      await sealing.open(sealed.slice(0, i) + other + sealed.slice(i + 1), PLACE),
      undefined,
      String(i),
    );
    assert.equal(await sealing.open(sealed.slice(0, i), PLACE), undefined, String(i));
  }
  for (const text of [`${sealed}.`, `${sealed}A`, `.${sealed}`, " ", "0.", "0.AAAA", "__proto__.AAAA"]) {
    assert.equal(await sealing.open(text, PLACE), undefined, text);
  }
});

Deno.test("sealing: the first secret seals, each opens, and a secret that was taken away opens nothing", async () => {
  const old = { id: 1, text: SECRET };
  const young = { id: 2, text: "the second secret, which is long enough" };
  const before = await sealingWith([old]).seal("a text", PLACE);
  const both = sealingWith([young, old]);
  assert.equal(await both.open(before, PLACE), "a text");
  const after = await both.seal("a text", PLACE);
  assert.ok(after.startsWith("2."));
  assert.equal(await sealingWith([young]).open(after, PLACE), "a text");
  assert.equal(await sealingWith([young]).open(before, PLACE), undefined);
  assert.equal(await sealingWith([old]).open(after, PLACE), undefined);
  assert.equal(
    await both.open(`2${before.slice(1)}`, PLACE),
    undefined,
    "one key's text under another key's id",
  );
});

Deno.test("sealing: equal texts are sealed differently", async () => {
  const sealing = sealingWith(
    onlySecret(SECRET),
    "a purpose",
    (length) => crypto.getRandomValues(new Uint8Array(length)),
  );
  assert.notEqual(await sealing.seal("a text", PLACE), await sealing.seal("a text", PLACE));
});
