// The keys that the gateway derives of a master key, against another implementation of HKDF.
import assert from "node:assert/strict";
import { createHmac, hkdfSync } from "node:crypto";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";

const RAW = Uint8Array.from({ length: 32 }, (_, i) => i);
const MESSAGE = new TextEncoder().encode("what is signed");

Deno.test("a derived MAC key is HKDF-SHA-256 of the master key's bytes and the use", async () => {
  const keys = createMasterKeys();
  const master = await keys.import(hideStrictly(RAW.toBase64()));
  assert.ok(master);
  const mac = await crypto.subtle.sign("HMAC", await keys.macKey(master, "mana-mcp/test/v1"), MESSAGE);
  const raw = hkdfSync("sha256", RAW, new Uint8Array(), "mana-mcp/test/v1", 32);
  assert.equal(
    new Uint8Array(mac).toHex(),
    createHmac("sha256", new Uint8Array(raw)).update(MESSAGE).digest("hex"),
  );
});

Deno.test("a derived sealing key opens what another implementation's key sealed, and can be read by nobody", async () => {
  const keys = createMasterKeys();
  const master = await keys.import(hideStrictly(RAW.toBase64()));
  assert.ok(master);
  const derived = await keys.sealingKey(master, "mana-mcp/test/v1");
  assert.equal(derived.extractable, false);
  const raw = hkdfSync("sha256", RAW, new Uint8Array(), "mana-mcp/test/v1", 32);
  const same = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
  const iv = new Uint8Array(12);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, same, MESSAGE);
  assert.deepEqual(
    new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, derived, sealed)),
    MESSAGE,
  );
});

Deno.test("no two uses share a key, and none is the master key", async () => {
  const keys = createMasterKeys();
  const master = await keys.import(hideStrictly(RAW.toBase64()));
  assert.ok(master);
  const iv = new Uint8Array(12);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, master, MESSAGE);
  for (const use of ["mana-mcp/test/v1", "mana-mcp/test/v2"] as const) {
    const key = await keys.sealingKey(master, use);
    await assert.rejects(crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed));
    const own = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, MESSAGE);
    const other = await keys.sealingKey(
      master,
      use === "mana-mcp/test/v1" ? "mana-mcp/test/v2" : "mana-mcp/test/v1",
    );
    await assert.rejects(crypto.subtle.decrypt({ name: "AES-GCM", iv }, other, own));
  }
});

Deno.test("nothing is derived of a key that is no master key", async () => {
  const other = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  await assert.rejects(createMasterKeys().macKey(other, "mana-mcp/test/v1"), TypeError);
});
