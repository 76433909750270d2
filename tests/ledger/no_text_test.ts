// What a row of the ledger never holds, in clear or sealed: texts of records, arguments, tokens, keys. And how many ids it does hold.
import assert from "node:assert/strict";
import { unpackIds } from "../../lib/ledger/id_list.ts";
import { call, callOk } from "../_support/mcp.ts";
import { push, TASKS } from "../_support/device.ts";
import { createWorld } from "../_support/world.ts";
import { masterKey, readEntries, readRows, rowKey, rowPushes } from "./_ledger.ts";

const MARK = "SentinelWord7f3a";

Deno.test("no row holds a text of a record, an argument, a token or a key, neither in clear nor in what is sealed", async () => {
  await using world = await createWorld({ isStill: true, env: { LEDGER: "strict" } });
  const anna = await world.person("anna");
  await callOk(world, anna, "notes_create", { title: `Title ${MARK}`, content: `Content ${MARK}` });
  await callOk(world, anna, "journal_add", { title: MARK, content: MARK, tags: [MARK] });
  await callOk(world, anna, "todo_create", { title: MARK });
  for (const query of [MARK, `${MARK}, which nothing has`]) {
    await callOk(world, anna, "notes_search", { query });
  }
  await callOk(world, anna, "journal_list", {});
  await call(world, anna, "notes_read", { id: MARK });
  await call(world, anna, "notes_update", { id: MARK, title: MARK });
  await world.gateway.stop();
  const rows = await readRows(world, anna);
  assert.ok(rows.length >= 6);
  const raw = rowPushes(world).join("\n");
  const opened = rows.map(({ body }) => JSON.stringify(body)).join("\n");
  const keys = [await masterKey(world, anna), await rowKey(world, anna)].flatMap((
    key,
  ) => [key.toBase64(), key.toHex(), key.toBase64({ alphabet: "base64url", omitPadding: true })]);
  for (const text of [raw, opened, world.logLines.join("\n")]) {
    for (const secret of [MARK, MARK.toLowerCase(), anna.token, ...keys]) {
      assert.ok(!text.includes(secret), secret);
    }
  }
  // What is sealed is nowhere in clear: neither tools, nor tables, nor ids of records.
  for (const { tool, read, wrote } of rows.flatMap(({ body }) => body.entries)) {
    for (const word of [tool, ...read.map(({ c }) => c), ...wrote.flatMap(({ c, id }) => [c, id])]) {
      assert.ok(!raw.includes(word), word);
    }
  }
});

Deno.test("each record of an answer that is as long as one can be is in its note", async () => {
  await using world = await createWorld({ isStill: true, env: { LEDGER: "strict" } });
  const anna = await world.person("anna");
  const ids = Array.from({ length: 230 }, () => crypto.randomUUID());
  await push(
    world,
    anna,
    TASKS,
    ids.map((id, order) => ({
      op: "insert",
      id,
      spaceId: anna.personalSpace,
      data: {
        title: "a",
        order,
        priority: "medium",
        isCompleted: false,
        createdAt: "2026-01-01T00:00:00.000Z",
      },
    })),
  );
  const { tasks } = await callOk(world, anna, "todo_list", { limit: 230 });
  assert.ok(Array.isArray(tasks));
  const [entry] = await readEntries(world, anna);
  const parts = entry?.read ?? [];
  // Longer lists, of which a root is told, take several tables: format_test.ts has them.
  assert.ok(tasks.length > 100 && tasks.length < 200, `${tasks.length} were handed out`);
  const told = parts.flatMap((part) => unpackIds(part) ?? []);
  assert.deepEqual(told.toSorted(), tasks.map(({ id }) => id).toSorted());
});
