import assert from "node:assert/strict";
import { isOnPostgres } from "../_support/test_database.ts";
import { DatabaseSync } from "node:sqlite";
import { migrateSignIn } from "../../sign_in/database/migrate_sign_in.ts";
import { openSignInDatabase } from "../../sign_in/database/open_sign_in_database.ts";
import { openSqlite } from "../../sign_in/database/open_sqlite.ts";
import { migrate, SIGN_IN_LEAVES } from "../../backend/database/schema.ts";
import { takeOverSignIn } from "../../backend/database/take_over_sign_in.ts";
import { makeFolder } from "../backend/_folder.ts";
import { createFlow, onlyEmbedded } from "../_support/flow.ts";
import { authorizeUrl, introspect, refresh, refusalOf, tokensOf } from "../_support/oauth_flow.ts";
import { PASSWORD, post } from "../_support/test_backend.ts";
import { fillFolderBefore, FOLDER_BEFORE } from "./_folder_before.ts";

const { kept, ended, waiting, locked, nearlyLocked } = FOLDER_BEFORE;
const IS_IGNORED = isOnPostgres() ||
  onlyEmbedded("a folder of an embedded backend is no folder of a sign-in server");
const TABLES = ["grants", "grant_uses", "client_registrations", "login_failures", "login_locks"];
const tablesOf = (path: string) => {
  using db = new DatabaseSync(path);
  const names = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  return TABLES.filter((table) => names.some(({ name }) => name === table));
};

Deno.test("take-over: a folder of the version before goes on, and nobody connects anew", {
  ignore: IS_IGNORED,
}, async () => {
  await using folder = await makeFolder();
  await fillFolderBefore(folder.path);
  {
    await using flow = await createFlow({ data: folder.path });
    const next = await tokensOf(await refresh(flow, kept.clientId, kept.refresh));
    assert.equal((await introspect(flow, next.access)).active, true);
    assert.equal(await refusalOf(await refresh(flow, ended.clientId, ended.refresh)), "400 invalid_grant");

    const login = (email: string, password: string) =>
      flow.auth("/api/v1/auth/login", post({ email, password }));
    assert.equal((await login(locked, PASSWORD)).status, 429);
    assert.equal((await login(nearlyLocked, PASSWORD)).status, 401);
    assert.equal((await login(nearlyLocked, PASSWORD)).status, 429);

    const browser = flow.browser();
    assert.equal(new URL((await browser.open(authorizeUrl(waiting))).url).pathname, "/sign-in");
  }
  assert.deepEqual(tablesOf(`${folder.path}/mana.sqlite`), []);
  assert.deepEqual(tablesOf(`${folder.path}/auth.sqlite`), TABLES);
});

/** Columns that the tables did not have before. */
const NEW = [
  "id",
  "ended_because",
  "zoneinfo",
  "tool_profile",
  "ask_first",
  "client_name",
  "client_redirects",
  "narrowing",
  "read_budget",
  "revision",
];

Deno.test("take-over: every row comes along, in its order", { ignore: IS_IGNORED }, async () => {
  await using folder = await makeFolder();
  await fillFolderBefore(folder.path);
  const read = (name: string) => {
    using db = new DatabaseSync(`${folder.path}/${name}.sqlite`);
    return TABLES.map((table) => {
      const rows = db.prepare(`SELECT * FROM ${table}`).all();
      return rows.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([column]) => !NEW.includes(column)))
      );
    });
  };
  const before = read("mana");
  assert.deepEqual(before.map((rows) => rows.length), [2, 1, 3, 4, 1]);
  await (await createFlow({ data: folder.path }))[Symbol.asyncDispose]();
  assert.deepEqual(read("auth"), before);
});

Deno.test("take-over: a crash before, in the middle or after the copy is finished by the next start", {
  ignore: IS_IGNORED,
}, async () => {
  for (const crash of ["before the copy", "in the copy", "before the drop"] as const) {
    await using folder = await makeFolder();
    await fillFolderBefore(folder.path);
    {
      using mana = openSqlite(`${folder.path}/mana.sqlite`);
      const signIn = openSignInDatabase(`${folder.path}/auth.sqlite`);
      migrate(mana, SIGN_IN_LEAVES);
      await migrateSignIn(signIn);
      if (crash === "in the copy") {
        mana.exec("ALTER TABLE login_locks RENAME TO hidden");
        await assert.rejects(takeOverSignIn(mana, signIn), /login_locks/);
        mana.exec("ALTER TABLE hidden RENAME TO login_locks");
        const { length } = await signIn.db.selectFrom("grants").selectAll().execute();
        assert.equal(length, 0, "half a copy");
      }
      if (crash === "before the drop") await takeOverSignIn(mana, signIn);
      await signIn.close();
    }
    await using flow = await createFlow({ data: folder.path });
    await tokensOf(await refresh(flow, kept.clientId, kept.refresh));
    assert.deepEqual(tablesOf(`${folder.path}/mana.sqlite`), [], crash);
  }
});

Deno.test("take-over: an old mana.sqlite that is put back brings no grant back that has ended since", {
  ignore: IS_IGNORED,
}, async () => {
  await using folder = await makeFolder();
  await fillFolderBefore(folder.path);
  const old = await Deno.readFile(`${folder.path}/mana.sqlite`);
  {
    await using flow = await createFlow({ data: folder.path });
    assert.equal(
      (await flow.auth("/api/auth/oauth2/revoke", {
        method: "POST",
        body: new URLSearchParams({ token: kept.refresh, client_id: kept.clientId }),
      })).status,
      200,
    );
    using db = new DatabaseSync(`${folder.path}/auth.sqlite`);
    db.exec("DELETE FROM grants WHERE revoked_at IS NOT NULL"); // forgotten, as after forty days
  }
  await Deno.writeFile(`${folder.path}/mana.sqlite`, old);
  await (await createFlow({ data: folder.path }))[Symbol.asyncDispose]();
  using db = new DatabaseSync(`${folder.path}/auth.sqlite`);
  assert.deepEqual(db.prepare("SELECT id FROM grants").all(), []);
});
