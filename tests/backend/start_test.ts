import assert from "node:assert/strict";
import { scryptSync } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { FIRST_PERSON_FILE } from "../../backend/data_folder/ensure_first_person.ts";
import { makeFolder, runBackend, startBackend } from "./_backend_process.ts";

const FirstPerson = z.object({ email: z.string(), password: z.string(), ready: z.literal(true) });
const Login = z.object({ accessToken: z.string() });
const json = (body: unknown) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

Deno.test("start: a first person can log in and has a vault, and keeps both over a restart", async () => {
  await using folder = await makeFolder();
  const keys: unknown[] = [];
  const people: unknown[] = [];
  for (let round = 0; round < 2; round++) {
    await using backend = await startBackend(folder.path, { BACKEND_FIRST_PERSON: "demo@mana.test" });
    assert.equal(backend.issuer, `http://localhost:${new URL(backend.auth).port}`);
    const person = FirstPerson.parse(
      JSON.parse(await Deno.readTextFile(`${folder.path}/${FIRST_PERSON_FILE}`)),
    );
    const login = await fetch(`${backend.auth}/api/v1/auth/login`, json(person));
    const { accessToken } = Login.parse(await login.json());
    const key = await fetch(`${backend.auth}/api/v1/me/encryption-vault/key`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    assert.equal(key.status, 200);
    keys.push(await key.json());
    people.push(person);
    const { code, stderr, stdout } = await backend.stop(round === 0 ? "SIGTERM" : "SIGINT");
    assert.deepEqual([code, stderr], [0, ""]);
    for (const secret of [person.password, accessToken]) assert.ok(!stdout.includes(secret));
  }
  assert.deepEqual(keys[0], keys[1]);
  assert.deepEqual(people[0], people[1]);
});

// Tests may create a backend with a cheaper hasher: the process that people run has none but this.
Deno.test("start: the process keeps passwords as scrypt hashes, each with a salt of its own", async () => {
  await using folder = await makeFolder();
  const data = `${folder.path}/data`;
  const backend = await startBackend(data, { BACKEND_FIRST_PERSON: "demo@mana.test" });
  const person = FirstPerson.parse(JSON.parse(await Deno.readTextFile(`${data}/${FIRST_PERSON_FILE}`)));
  const second = { ...person, email: "second@mana.test", name: "second" };
  const registered = await fetch(`${backend.auth}/api/v1/auth/register`, json(second));
  assert.equal(registered.status, 200, await registered.text());
  await backend.stop("SIGTERM");
  using db = new DatabaseSync(`${data}/auth.sqlite`, { readOnly: true });
  const Stored = z.array(z.object({ password: z.string().regex(/^[0-9a-f]{32}:[0-9a-f]{128}$/) }));
  const stored = Stored.parse(db.prepare("SELECT password FROM account").all()).map(({ password }) =>
    password
  );
  assert.equal(stored.length, 2);
  for (const hash of stored) {
    const [salt = "", key = ""] = hash.split(":");
    const made = scryptSync(person.password, salt, 64, {
      N: 16384,
      r: 16,
      p: 1,
      maxmem: 128 * 16384 * 16 * 2,
    });
    assert.equal(made.toString("hex"), key);
  }
  assert.notEqual(stored[0]?.split(":")[0], stored[1]?.split(":")[0]);
});

Deno.test("start: secrets are readable by their owner alone", async () => {
  await using folder = await makeFolder();
  const data = `${folder.path}/data`;
  await using _backend = await startBackend(data, { BACKEND_FIRST_PERSON: "demo@mana.test" });
  const modeOf = async (path: string) => ((await Deno.stat(path)).mode ?? 0) & 0o777;
  assert.equal(await modeOf(data), 0o700);
  for (const name of ["secrets.json", FIRST_PERSON_FILE]) {
    assert.equal(await modeOf(`${data}/${name}`), 0o600);
  }
});

Deno.test("start: a taken port is named, with the variable that moves it", async () => {
  await using folder = await makeFolder();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String(taken.addr.port);
  for (const variable of ["BACKEND_PORT", "BACKEND_SYNC_PORT"]) {
    const { code, stderr } = await runBackend(folder.path, { [variable]: port });
    assert.equal(code, 78);
    assert.equal(stderr, `Cannot listen on port ${port}: it is taken; set ${variable} to a free port\n`);
  }
});

Deno.test("start: wrong settings end it with 78 and all problems", async () => {
  await using folder = await makeFolder();
  const { code, stderr } = await runBackend(folder.path, { JWT_ISSUER: "nonsense", CORS_ORIGINS: "*" });
  assert.equal(code, 78);
  assert.deepEqual(stderr.trim().split("\n").map((line) => line.split(" ")[0]), [
    "JWT_ISSUER",
    "CORS_ORIGINS",
  ]);
});

Deno.test("start: damaged secrets are reported and never replaced", async () => {
  await using folder = await makeFolder();
  const path = `${folder.path}/secrets.json`;
  await Deno.writeTextFile(path, `{"authSecret":"half`);
  const { code, stderr } = await runBackend(folder.path, {});
  assert.equal(code, 78);
  assert.match(stderr, /^Cannot read .*secrets\.json: it does not hold the expected secrets\n$/);
  assert.equal(await Deno.readTextFile(path), `{"authSecret":"half`);
});

Deno.test("start: databases without their secrets are refused, and no new secrets are made", async () => {
  for (const kept of ["auth.sqlite", "mana.sqlite"]) {
    await using folder = await makeFolder();
    await (await startBackend(folder.path)).stop("SIGTERM");
    for (const name of ["secrets.json", "auth.sqlite", "mana.sqlite"]) {
      if (name !== kept) await Deno.remove(`${folder.path}/${name}`);
    }
    const { code, stderr } = await runBackend(folder.path, {});
    assert.equal(code, 78);
    assert.equal(
      stderr,
      `BACKEND_DATA ${folder.path} holds ${kept} but no secrets.json: restore secrets.json from where the databases ` +
        "come from, or move the databases away to start anew\n",
    );
    await assert.rejects(Deno.stat(`${folder.path}/secrets.json`), Deno.errors.NotFound);
  }
});

Deno.test("start: secrets of another installation, or another key of keys, are refused by name", async () => {
  await using folder = await makeFolder();
  const person = { BACKEND_FIRST_PERSON: "demo@mana.test" };
  await (await startBackend(folder.path, person)).stop("SIGTERM");
  const kek = await runBackend(folder.path, { MANA_AUTH_KEK: new Uint8Array(32).fill(5).toBase64() });
  assert.deepEqual([kek.code, kek.stderr], [
    78,
    "The keys in mana.sqlite do not open: restore the secrets.json that belongs to it, or set MANA_AUTH_KEK as before\n",
  ]);
  const path = `${folder.path}/secrets.json`;
  const right = await Deno.readTextFile(path);
  const other = new Uint8Array(32).fill(4).toBase64();
  await Deno.writeTextFile(path, JSON.stringify({ ...JSON.parse(right), authSecret: other }));
  const secret = await runBackend(folder.path, {});
  assert.equal(secret.code, 78);
  assert.match(
    secret.stderr,
    /^(?:\{[^\n]*\n)*The signing key in the data folder does not open with this secrets\.json or SIGN_IN_SECRETS: /,
  );
  await Deno.writeTextFile(path, right);
  await using _backend = await startBackend(folder.path, person);
});

Deno.test("start: a folder serves one backend at a time, and a killed one leaves no lock behind", async () => {
  await using folder = await makeFolder();
  await using first = await startBackend(folder.path);
  const second = await runBackend(folder.path, {});
  assert.deepEqual([second.code, second.stderr], [
    78,
    `BACKEND_DATA ${folder.path} is in use by another backend: stop that one, or name another folder\n`,
  ]);
  assert.equal((await (await fetch(`${first.auth}/health`)).json()).status, "ok");
  await first.stop("SIGKILL");
  await using _third = await startBackend(folder.path);
});

Deno.test("stop: an open stream ends and the process with it", async () => {
  await using folder = await makeFolder();
  await using backend = await startBackend(folder.path, { BACKEND_FIRST_PERSON: "demo@mana.test" });
  const person = FirstPerson.parse(
    JSON.parse(await Deno.readTextFile(`${folder.path}/${FIRST_PERSON_FILE}`)),
  );
  const login = await fetch(`${backend.auth}/api/v1/auth/login`, json(person));
  const { accessToken } = Login.parse(await login.json());
  // Resolves at once although there is nothing to tell yet: the headers do not wait for the first event.
  const stream = await fetch(`${backend.sync}/sync/todo/stream?collections=tasks`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  const stopped = backend.stop("SIGTERM");
  assert.equal(await stream.text(), "");
  const { code, stdout } = await stopped;
  assert.equal(code, 0);
  assert.match(stdout, /"event":"stopped","drained":"true"/);
});
