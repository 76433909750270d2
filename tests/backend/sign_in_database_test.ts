import assert from "node:assert/strict";
import { migrateSignIn, SIGN_IN_MIGRATIONS } from "../../sign_in/database/migrate_sign_in.ts";
import { openSqlite } from "../../sign_in/database/open_sqlite.ts";
import { kyselyOn } from "../../sign_in/database/sqlite_sign_in.ts";
import { createTestBackend } from "../_support/test_backend.ts";
import { isOnPostgres, openTestDatabase } from "../_support/test_database.ts";
import { makeFolder } from "./_folder.ts";

const lock = { address: "a", locked_until: 1 };

/** A new database of sign-in, with its tables. */
async function openEmpty() {
  const signIn = await openTestDatabase(":memory:");
  await migrateSignIn(signIn);
  const addresses = async () => {
    const rows = await signIn.db.selectFrom("login_locks").select("address").orderBy("address").execute();
    return rows.map(({ address }) => address);
  };
  return { signIn, addresses, [Symbol.asyncDispose]: () => signIn.close() };
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
  await using test = await openEmpty();
  const { signIn, addresses } = test;
  const order: string[] = [];
  const writes = ["a", "b", "c"].map((address) =>
    signIn.write(async (trx) => {
      order.push(address);
      await trx.insertInto("login_locks").values({ ...lock, address }).execute();
      await trx.updateTable("login_locks").set({ locked_until: 2 }).execute();
      order.push(address);
    })
  );
  await Promise.all(writes);
  assert.equal(order.length, 6);
  for (const n of [0, 2, 4]) assert.equal(order[n], order[n + 1], order.join());
  assert.deepEqual(await addresses(), ["a", "b", "c"]);
  await assert.rejects(
    signIn.write(async (trx) => {
      await trx.deleteFrom("login_locks").execute();
      await trx.insertInto("login_locks").values([lock, lock]).execute();
    }),
    /unique/i,
  );
  assert.deepEqual(await addresses(), ["a", "b", "c"]);
});

Deno.test("sign-in database: a look-up sees what is committed, and waits for no transaction", async () => {
  await using folder = await makeFolder();
  const signIn = await openTestDatabase(folder.path);
  await migrateSignIn(signIn);
  const count = async () => (await signIn.read.selectFrom("login_locks").selectAll().execute()).length;
  await signIn.write(async (trx) => {
    await trx.insertInto("login_locks").values(lock).execute();
    assert.equal(await count(), 0);
  });
  assert.equal(await count(), 1);
  await signIn.close();
});

Deno.test(
  "sign-in database: what one node does alone, another waits for",
  { ignore: !isOnPostgres() },
  async () => {
    await using folder = await makeFolder();
    const nodes = await Promise.all([1, 2, 3].map(() => openTestDatabase(folder.path)));
    const order: number[] = [];
    await Promise.all(nodes.map((signIn, node) =>
      signIn.alone(async () => {
        order.push(node);
        await migrateSignIn(signIn); // several questions, by other connections
        order.push(node);
      })
    ));
    assert.equal(order.length, 6);
    for (const n of [0, 2, 4]) assert.equal(order[n], order[n + 1], order.join());
    for (const signIn of nodes) await signIn.close();
  },
);

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
  await (await createTestBackend({ data: folder.path })).backend.close();
  const value = SIGN_IN_MIGRATIONS.length + 1;
  const signIn = await openTestDatabase(folder.path);
  await signIn.db.updateTable("sign_in_state").set({ value }).where("name", "=", "schema").execute();
  await signIn.close();
  await assert.rejects(createTestBackend({ data: folder.path }), {
    message:
      `Cannot open sign-in's database: its schema is version ${value}, this service knows ${SIGN_IN_MIGRATIONS.length}`,
  });
});

Deno.test("sign-in database: each step runs once, of all who start", async () => {
  await using folder = await makeFolder();
  const all = await Promise.all([1, 2, 3].map(() => openTestDatabase(folder.path)));
  // Two processes at once only PostgreSQL has; a folder is locked before its files are opened.
  if (isOnPostgres()) await Promise.all(all.map(migrateSignIn));
  else for (const signIn of all) await migrateSignIn(signIn);
  for (const signIn of all) {
    const row = await signIn.read.selectFrom("sign_in_state").select("value").executeTakeFirstOrThrow();
    assert.equal(row.value, SIGN_IN_MIGRATIONS.length);
    await signIn.close();
  }
});
