import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { migrateSignIn, SIGN_IN_MIGRATIONS } from "../../backend/database/migrate_sign_in.ts";
import { openSignInDatabase } from "../../backend/database/open_sign_in_database.ts";
import { openSqlite } from "../../backend/database/open_sqlite.ts";
import { kyselyOn } from "../../backend/database/sqlite_sign_in.ts";
import { createTestBackend } from "../_support/test_backend.ts";
import { makeFolder } from "./_folder.ts";

const lock = { address: "a", locked_until: 1 };

/** Sign-in's database in memory, with its tables. */
async function openInMemory() {
  const signIn = openSignInDatabase(":memory:");
  await migrateSignIn(signIn);
  const addresses = async () => {
    const rows = await signIn.db.selectFrom("login_locks").select("address").orderBy("address").execute();
    return rows.map(({ address }) => address);
  };
  return { signIn, addresses, [Symbol.dispose]: () => signIn.close() };
}

Deno.test("sign-in database: what is written past kysely goes with its open transaction, without an error", async () => {
  // Why the connection is sign-in's own: vault and sync write synchronously, on mana.sqlite.
  using file = openSqlite(":memory:");
  file.exec("CREATE TABLE login_locks (address TEXT, locked_until INTEGER)");
  const db = kyselyOn(file);
  const failed = db.transaction().execute(async (trx) => {
    await trx.insertInto("login_locks").values(lock).execute();
    const { changes } = file.prepare("INSERT INTO login_locks VALUES ('past', 1)").run();
    assert.equal(changes, 1); // it looks done
    throw new Error("the work failed");
  });
  await assert.rejects(failed, /the work failed/);
  assert.deepEqual(await db.selectFrom("login_locks").selectAll().execute(), []);
});

Deno.test("sign-in database: a write is whole or not at all, and writes run one after the other", async () => {
  using test = await openInMemory();
  const { signIn, addresses } = test;
  const order: string[] = [];
  const slow = signIn.write(async (trx) => {
    order.push("first begins");
    await trx.insertInto("login_locks").values(lock).execute();
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    order.push("first ends");
  });
  const next = signIn.write((trx) => {
    order.push("second begins");
    return trx.insertInto("login_locks").values({ ...lock, address: "b" }).execute();
  });
  const waiting = addresses(); // a single statement waits as well: it sees no half of a write
  await Promise.all([slow, next]);
  assert.deepEqual(order, ["first begins", "first ends", "second begins"]);
  assert.deepEqual(await waiting, ["a", "b"]);
  await assert.rejects(
    signIn.write(async (trx) => {
      await trx.deleteFrom("login_locks").execute();
      await trx.insertInto("login_locks").values([lock, lock]).execute();
    }),
    /UNIQUE/,
  );
  assert.deepEqual(await addresses(), ["a", "b"]);
});

Deno.test("sign-in database: a full disk is told as what it is, and the next write finds the database as it was", async () => {
  using file = openSqlite(":memory:");
  file.exec("CREATE TABLE login_locks (address TEXT, locked_until INTEGER); PRAGMA max_page_count = 3");
  const db = kyselyOn(file);
  const flood = db.transaction().execute(async (trx) => {
    for (let n = 0; n < 100; n += 1) {
      await trx.insertInto("login_locks").values({ address: "x".repeat(1000), locked_until: n }).execute();
    }
  });
  await assert.rejects(flood, /full/);
  file.exec("PRAGMA max_page_count = 1000");
  await db.transaction().execute(async (trx) =>
    void await trx.insertInto("login_locks").values(lock).execute()
  );
  assert.equal((await db.selectFrom("login_locks").selectAll().execute()).length, 1);
});

Deno.test("sign-in database: a newer schema is refused in words, and left alone", async () => {
  await using folder = await makeFolder();
  (await createTestBackend({ data: folder.path })).backend.close();
  const newer = SIGN_IN_MIGRATIONS.length + 1;
  {
    using db = new DatabaseSync(`${folder.path}/auth.sqlite`);
    db.prepare("UPDATE sign_in_state SET value = ? WHERE name = 'schema'").run(newer);
  }
  await assert.rejects(createTestBackend({ data: folder.path }), {
    message:
      `Cannot open sign-in's database: its schema is version ${newer}, this service knows ${SIGN_IN_MIGRATIONS.length}`,
  });
});

Deno.test("sign-in database: a second start runs no step again", async () => {
  await using folder = await makeFolder();
  const open = () => openSignInDatabase(`${folder.path}/auth.sqlite`);
  const [one, other] = [open(), open()];
  try {
    await migrateSignIn(one);
    await migrateSignIn(other);
    assert.deepEqual(
      await other.db.selectFrom("sign_in_state").selectAll().where("name", "=", "schema").execute(),
      await one.db.selectFrom("sign_in_state").selectAll().where("name", "=", "schema").execute(),
    );
  } finally {
    one.close();
    other.close();
  }
});
