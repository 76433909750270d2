import assert from "node:assert/strict";
import { openSignInDatabase } from "../../sign_in/database/open_sign_in_database.ts";
import { migrateSignIn } from "../../sign_in/database/migrate_sign_in.ts";
import { parsePostgresAddress } from "../../sign_in/database/postgres_address.ts";
import type { SignInDatabase } from "../../sign_in/database/sign_in_database.ts";
import { createDatabase, isOnPostgres, testDatabaseUrl } from "../_support/test_database.ts";
import { type Relay, startRelay } from "./_relay.ts";

/** What orders the work of several nodes, and what becomes of it when the database is lost in the middle. */

const ignore = !isOnPostgres();

function open(url: string, codes: string[] = []): SignInDatabase {
  const address = parsePostgresAddress(url);
  assert.ok(address);
  return openSignInDatabase(address, {
    onLost: () => void codes.push("lost"),
    onFault: (code) => void codes.push(code),
  });
}

async function newDatabase(): Promise<string> {
  return await createDatabase(testDatabaseUrl() ?? "", ":memory:");
}

Deno.test("locks: work for one key runs one after the other on two nodes, work for others beside it", {
  ignore,
}, async () => {
  const url = await newDatabase();
  const nodes = [open(url), open(url)];
  await Promise.all(nodes.map(migrateSignIn));
  let running = 0;
  let most = 0;
  let mostOfAll = 0;
  let all = 0;
  const work = (node: SignInDatabase, key: string) =>
    node.inTurn(key, async () => {
      const isOne = key === "one";
      all += 1;
      mostOfAll = Math.max(mostOfAll, all);
      if (isOne) most = Math.max(most, ++running);
      // What the work asks goes over the same pool as everybody's.
      await node.write((trx) => trx.selectFrom("login_locks").selectAll().execute());
      if (isOne) running -= 1;
      all -= 1;
    });
  await Promise.all(
    nodes.flatMap((node) =>
      Array.from({ length: 40 }, (_, n) => work(node, n % 2 === 0 ? "one" : `key ${n}`))
    ),
  );
  assert.equal(most, 1);
  assert.ok(mostOfAll > 10, String(mostOfAll));
  await Promise.all(nodes.map((node) => node.close()));
});

Deno.test(
  "locks: thirty at once that each need the database do not starve each other, in the same moment as twenty alone",
  {
    ignore,
  },
  async () => {
    const node = open(await newDatabase());
    await migrateSignIn(node);
    const ask = () => node.db.selectFrom("sign_in_state").selectAll().execute();
    const done = await Promise.all([
      ...Array.from({ length: 30 }, (_, n) => node.inTurn(`key ${n}`, ask)),
      ...Array.from({ length: 20 }, () => node.alone(ask)),
    ]);
    assert.equal(done.length, 50);
    await node.close();
  },
);

Deno.test(
  "locks: a node that loses its connection frees its locks, and locks again on another",
  { ignore },
  async () => {
    const url = await newDatabase();
    await using relay = startRelay(url);
    const codes: string[] = [];
    const lost = open(relay.url, codes);
    const other = open(url);
    const isHeld = Promise.withResolvers<void>();
    const isOver = Promise.withResolvers<void>();
    const holding = lost.inTurn("key", async () => {
      isHeld.resolve();
      await isOver.promise;
      return "done";
    });
    await isHeld.promise;
    relay.cut();
    assert.equal(await other.inTurn("key", () => Promise.resolve("taken")), "taken");
    isOver.resolve();
    assert.equal(await holding, "done");
    assert.equal(await lost.inTurn("key", () => Promise.resolve("again")), "again");
    assert.ok(codes.includes("lost"), codes.join());
    await Promise.all([lost.close(), other.close()]);
  },
);

Deno.test(
  "locks: a database that is out of reach fails at once, begins no work, and is used again when it is back",
  {
    ignore,
  },
  async () => {
    const url = await newDatabase();
    await using relay: Relay = startRelay(url);
    const codes: string[] = [];
    const node = open(relay.url, codes);
    await migrateSignIn(node);
    relay.close();
    let isBegun = false;
    const begin = () => {
      isBegun = true;
      return Promise.resolve();
    };
    const work = async () => {
      await assert.rejects(node.inTurn("key", begin));
      await assert.rejects(node.db.selectFrom("sign_in_state").selectAll().execute());
      await assert.rejects(node.write(begin));
    };
    assert.equal(await node.watch(work), true);
    assert.equal(isBegun, false);
    assert.ok(codes.every((code) => /^[A-Za-z0-9_]{4,30}$/.test(code)), codes.join());
    relay.open();
    await node.inTurn("key", begin);
    assert.equal(
      await node.watch(async () => void await node.db.selectFrom("sign_in_state").selectAll().execute()),
      false,
    );
    await node.close();
  },
);

Deno.test(
  "locks: a transaction whose connection is cut leaves nothing behind, and the next one has its turn",
  {
    ignore,
  },
  async () => {
    const url = await newDatabase();
    await using relay = startRelay(url);
    const cut = open(relay.url);
    const other = open(url);
    await migrateSignIn(other);
    const lock = (address: string) => ({ address, locked_until: 1 });
    const half = cut.write(async (trx) => {
      await trx.insertInto("login_locks").values(lock("half")).execute();
      relay.cut();
      await trx.insertInto("login_locks").values(lock("other half")).execute();
    });
    await assert.rejects(half);
    await other.write((trx) => trx.insertInto("login_locks").values(lock("whole")).execute());
    const rows = await other.db.selectFrom("login_locks").select("address").execute();
    assert.deepEqual(rows, [{ address: "whole" }]);
    await Promise.all([cut.close(), other.close()]);
  },
);
