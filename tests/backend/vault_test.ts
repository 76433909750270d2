import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { makeFolder } from "./_folder.ts";
import { type Account, bearer, createTestBackend, post, type TestBackend } from "../_support/test_backend.ts";

const MasterKey = z.object({
  masterKey: z.string(),
  formatVersion: z.literal(1),
  kekId: z.literal("env-v1"),
});
const WRAP = { recoveryWrappedMk: btoa("w".repeat(48)), recoveryIv: btoa("i".repeat(12)) };

function vaultOf(test: TestBackend, who: Account) {
  return async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method, headers: bearer(who) } : post(body, bearer(who));
    return await test.auth(`/api/v1/me/encryption-vault${path}`, init);
  };
}

async function keyOf(answer: Response): Promise<string> {
  assert.equal(answer.status, 200);
  return MasterKey.parse(await answer.json()).masterKey;
}

Deno.test("vault: every call but status leaves its audit row, in zero-knowledge mode too", async () => {
  await using folder = await makeFolder();
  const data = folder.path;
  await using test = await createTestBackend({ data });
  const anna = await test.person("anna");
  const vault = vaultOf(test, anna);
  await vault("GET", "/status");
  await vault("GET", "/key");
  await vault("POST", "/init");
  await vault("GET", "/key");
  await vault("POST", "/rotate");
  await vault("POST", "/zero-knowledge", { enable: true }); // refused: no recovery wrap
  await vault("POST", "/recovery-wrap", WRAP);
  await vault("POST", "/zero-knowledge", { enable: true });
  await vault("POST", "/rotate"); // refused
  await vault("GET", "/key");
  await vault("POST", "/zero-knowledge", { enable: false, masterKey: btoa("k".repeat(32)) });
  await vault("DELETE", "/recovery-wrap");
  await vault("GET", "/status");

  using db = new DatabaseSync(`${data}/mana.sqlite`, { readOnly: true });
  const rows = db.prepare("SELECT action FROM vault_audit WHERE user_id = ? ORDER BY id").all(anna.id);
  assert.deepEqual(rows.map((row) => row.action), [
    "failed_fetch",
    "init",
    "fetch",
    "rotate",
    "recovery_set",
    "zk_enable",
    "fetch",
    "zk_disable",
    "recovery_clear",
  ]);
});

Deno.test("vault: the key on disk is wrapped, and gone after switching to zero-knowledge", async () => {
  await using folder = await makeFolder();
  const data = folder.path;
  await using test = await createTestBackend({ data });
  const people = [await test.person("anna"), await test.person("ben"), await test.person("cara")];
  const kek = new Uint8Array(32).fill(9);
  const wraps: Uint8Array[] = [];
  for (const person of people) {
    const vault = vaultOf(test, person);
    const raw = Uint8Array.fromBase64(await keyOf(await vault("POST", "/init")));
    const wrapped = wrappedKeyOf(data, person);
    assert.ok(wrapped instanceof Uint8Array);
    wraps.push(wrapped);
    await vault("POST", "/recovery-wrap", WRAP);
    for (const secret of [raw, raw.toBase64(), kek, kek.toBase64()]) {
      assert.equal(await holds(data, secret), false);
    }
    assert.equal(await holds(data, wrapped), true); // the search itself works
  }
  for (const person of people) await vaultOf(test, person)("POST", "/zero-knowledge", { enable: true });
  assert.deepEqual(people.map((person) => wrappedKeyOf(data, person)), [null, null, null]);
  for (const wrapped of wraps) assert.equal(await holds(data, wrapped), false);
});

Deno.test("vault: a wrapped key copied into another person's row does not open", async () => {
  await using folder = await makeFolder();
  const data = folder.path;
  await using test = await createTestBackend({ data });
  const [anna, ben] = [await test.person("anna"), await test.person("ben")];
  await vaultOf(test, anna)("POST", "/init");
  await vaultOf(test, ben)("POST", "/init");
  using db = new DatabaseSync(`${data}/mana.sqlite`);
  db.prepare(
    `UPDATE vaults SET (wrapped_key, wrap_iv) =
     (SELECT wrapped_key, wrap_iv FROM vaults WHERE user_id = ?) WHERE user_id = ?`,
  ).run(anna.id, ben.id);
  const stolen = await vaultOf(test, ben)("GET", "/key");
  assert.equal(stolen.status, 500);
  assert.deepEqual(await stolen.json(), { error: "INTERNAL", message: "Internal error", status: 500 });
});

Deno.test("vault: first calls at once agree on one key; rotation makes another; people differ", async () => {
  await using test = await createTestBackend();
  const [anna, ben] = [await test.person("anna"), await test.person("ben")];
  const vault = vaultOf(test, anna);
  const keys = await Promise.all([1, 2, 3].map(async () => await keyOf(await vault("POST", "/init"))));
  assert.equal(new Set(keys).size, 1);
  assert.equal(await keyOf(await vault("GET", "/key")), keys[0]);
  const rotated = await keyOf(await vault("POST", "/rotate"));
  assert.notEqual(rotated, keys[0]);
  assert.equal(await keyOf(await vault("GET", "/key")), rotated);
  const bens = await keyOf(await vaultOf(test, ben)("POST", "/rotate")); // makes the vault where there is none
  assert.ok(![...keys, rotated].includes(bens));
});

Deno.test("vault: rotation drops the recovery wrap of the old key", async () => {
  await using test = await createTestBackend();
  const vault = vaultOf(test, await test.person("anna"));
  await vault("POST", "/init");
  await vault("POST", "/recovery-wrap", WRAP);
  await vault("POST", "/rotate");
  assert.equal((await vault("POST", "/zero-knowledge", { enable: true })).status, 400);
});

Deno.test("vault: switching zero-knowledge off where it is off leaves the key alone", async () => {
  await using test = await createTestBackend();
  const vault = vaultOf(test, await test.person("anna"));
  const key = await keyOf(await vault("POST", "/init"));
  const off = await vault("POST", "/zero-knowledge", { enable: false, masterKey: btoa("k".repeat(32)) });
  assert.deepEqual(await off.json(), { ok: true, zeroKnowledge: false });
  assert.equal(await keyOf(await vault("GET", "/key")), key);
});

Deno.test("vault: no answer may be cached, and the wrap must be base64", async () => {
  await using test = await createTestBackend();
  const vault = vaultOf(test, await test.person("anna"));
  assert.equal((await vault("POST", "/init")).headers.get("cache-control"), "no-store");
  for (
    const body of [{}, { ...WRAP, recoveryIv: "%%%" }, { ...WRAP, recoveryWrappedMk: 7 }, {
      ...WRAP,
      recoveryIv: "",
    }]
  ) {
    assert.equal((await vault("POST", "/recovery-wrap", body)).status, 400);
  }
});

function wrappedKeyOf(data: string, person: Account) {
  using db = new DatabaseSync(`${data}/mana.sqlite`, { readOnly: true });
  return db.prepare("SELECT wrapped_key FROM vaults WHERE user_id = ?").get(person.id)?.wrapped_key;
}

/** Whether any file of the folder contains these bytes. */
async function holds(data: string, needle: Uint8Array | string): Promise<boolean> {
  const text = typeof needle === "string" ? needle : String.fromCharCode(...needle);
  for await (const entry of Deno.readDir(data)) {
    const bytes = await Deno.readFile(`${data}/${entry.name}`);
    if (new TextDecoder("latin1").decode(bytes).includes(latin1(text))) return true;
  }
  return false;
}

/** The text as the decoder shows these bytes: `latin1` is Windows-1252, which maps 0x80 to 0x9f elsewhere. */
function latin1(text: string): string {
  return new TextDecoder("latin1").decode(Uint8Array.from(text, (char) => char.charCodeAt(0)));
}
