import assert from "node:assert/strict";
import { asked, refusalIn, send } from "../../confirmation/_asking.ts";
import { lastChange, masterKey, open, pushInsert, withoutPush } from "../../_support/device.ts";
import { listed, notFound } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";

const TRANSACTIONS = { app: "finance", table: "transactions" };

async function add(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  const booking = { type: "expense", description: "Brot", amount: 4.5, ...args };
  return String((await callOk(world, person, "finance_add", booking)).id);
}

async function category(world: World, person: Person, args: Record<string, unknown>): Promise<string> {
  return String((await callOk(world, person, "finance_save_category", args)).id);
}

Deno.test("finance.add: a booking of today in the person's zone, its text sealed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const args = { type: "expense", amount: 12.5, description: "Markt", timeZone: "Pacific/Kiritimati" };
  const { id, date } = await callOk(world, anna, "finance_add", args);
  assert.equal(date, "2026-03-02");
  const { data } = await lastChange(world, anna, TRANSACTIONS, id);
  assert.equal(await open(await masterKey(world, anna), data?.description), "Markt");
  assert.deepEqual([data?.amount, data?.date, data?.note], [12.5, "2026-03-02", null]);
});

Deno.test("finance.add: what cannot be is refused by name, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const salary = await category(world, anna, { name: "Lohn", type: "income" });
  const bad: [Record<string, unknown>, RegExp][] = [
    [{ amount: -3 }, /amount: expected at least 0\.01/],
    [{ amount: 0 }, /amount: expected at least 0\.01/],
    [{ amount: 1.005 }, /amount: expected at most two decimals/],
    [{ amount: 1e13 }, /amount: expected at most/],
    [{ type: "gift" }, /type: /],
    [{ date: "2026-02-30" }, /date: expected an existing day/],
    [{ description: "" }, /description: expected at least one visible character/],
    [{ description: "x".repeat(200_000) }, /description: expected at most 500/],
    [{ timeZone: "Europe/Atlantis" }, /timeZone: expected an IANA time zone/],
    [{ categoryId: salary }, /categoryId: this category is for income/],
  ];
  await withoutPush(world, async () => {
    for (const [args, words] of bad) {
      const whole = { type: "expense", description: "Brot", amount: 4.5, ...args };
      const message = await callRefused(world, anna, "finance_add", whole);
      assert.match(message, words, JSON.stringify(args).slice(0, 80));
    }
    const nowhere = { type: "expense", description: "Brot", amount: 4.5, categoryId: "cat-exp-9" };
    assert.equal(await callRefused(world, anna, "finance_add", nowhere), notFound("category", "cat-exp-9"));
  });
});

Deno.test("finance.list: sums of the whole month to the cent, however short the page", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const food = await category(world, anna, { name: "Essen", type: "expense" });
  for (const [amount, date] of [[0.1, "2026-02-01"], [0.2, "2026-02-28"], [9, "2026-03-01"]] as const) {
    await add(world, anna, { amount, date, categoryId: food });
  }
  await add(world, anna, { type: "income", amount: 2500, date: "2026-02-25", description: "Lohn" });
  const month = { from: "2026-02-01", to: "2026-02-28" };
  const output = await callOk(world, anna, "finance_list", { ...month, limit: 1 });
  assert.equal(output.hasMore, true);
  assert.deepEqual(output.sums, {
    income: 2500,
    expense: 0.3,
    balance: 2499.7,
    byCategory: [
      { type: "income", categoryId: null, sum: 2500 },
      { type: "expense", categoryId: food, sum: 0.3 },
    ],
  });
  const next = await callOk(world, anna, "finance_list", { ...month, limit: 3, cursor: output.nextCursor });
  assert.equal("sums" in next, false);
  assert.deepEqual(rowsOf(next).map(({ date }) => date), ["2026-02-25", "2026-02-01"]);
});

Deno.test("finance.list: words are looked for in description and note, and the sums are of what is found", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  await add(world, anna, { description: "Café Central", amount: 6.4 });
  await add(world, anna, { description: "Miete", amount: 900, note: "Rest fürs Café" });
  await add(world, anna, { description: "Bahn", amount: 31 });
  const output = await callOk(world, anna, "finance_list", { query: "café" });
  assert.deepEqual(rowsOf(output).map(({ description }) => description), ["Miete", "Café Central"]);
  assert.equal(Object(output.sums).expense, 906.4);
  assert.match(
    await callRefused(world, anna, "finance_list", { from: "2026-03-02", to: "2026-03-01" }),
    /to: it is before `from`/,
  );
});

Deno.test("finance.list: rows of another writer are listed, and only amounts are summed", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  for (const [id, amount] of Object.entries({ "a": -5, "b": 1e300, "c": "12" })) {
    const row = { type: "expense", amount, description: id, date: "2026-02-01", categoryId: null };
    await pushInsert(world, anna, TRANSACTIONS, id, row);
  }
  const odd = { type: "gift", amount: 3, description: "d", date: "2026-02-01" };
  await pushInsert(world, anna, TRANSACTIONS, "d", odd);
  const output = await callOk(world, anna, "finance_list");
  assert.equal(rowsOf(output).length, 4);
  assert.equal(output.unreadable, 1);
  assert.deepEqual(output.sums, {
    income: 0,
    expense: 5,
    balance: -5,
    byCategory: [{ type: "expense", categoryId: null, sum: 5 }],
  });
});

Deno.test("finance.update: changes what is given, keeps categories to their way, takes notes away", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const food = await category(world, anna, { name: "Essen", type: "expense" });
  const id = await add(world, anna, { categoryId: food, note: "bar" });
  const update = (args: Record<string, unknown>) => callOk(world, anna, "finance_update", { id, ...args });
  assert.deepEqual(await update({ amount: 5, clear: ["note"] }), { ok: true, changed: true });
  assert.deepEqual(await update({ amount: 5 }), { ok: true, changed: false });
  const { fields } = await lastChange(world, anna, TRANSACTIONS, id);
  assert.deepEqual(Object.keys(fields ?? {}).sort(), ["amount", "note", "updatedAt"]);
  await withoutPush(world, async () => {
    const refused = (args: Record<string, unknown>) => callRefused(world, anna, "finance_update", args);
    assert.match(await refused({ id, type: "income" }), /give categoryId as well, or clear it/);
    assert.match(await refused({ id, type: "income", categoryId: food }), /this category is for expense/);
    const emptied = { note: null, categoryId: null, type: null, amount: null, date: "", clear: null };
    assert.match(await refused({ id, ...emptied }), /nothing to change/);
    assert.match(await refused({ id }), /nothing to change/);
    assert.equal(await refused({ id: "no-such", amount: 1 }), notFound("transaction", "no-such"));
    assert.equal(await refused({ id: food, amount: 1 }), notFound("transaction", food));
  });
  assert.deepEqual(await update({ type: "income", clear: ["categoryId"] }), { ok: true, changed: true });
});

Deno.test("finance: the income of a paid invoice is neither changed nor deleted here", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const row = { type: "income", amount: 119, description: "2026-0001", date: "2026-02-01" };
  await pushInsert(world, anna, TRANSACTIONS, "invoice-tx-1", row);
  await withoutPush(world, async () => {
    const words = /the income of a paid invoice/;
    assert.match(await callRefused(world, anna, "finance_update", { id: "invoice-tx-1", amount: 1 }), words);
    assert.match(refusalIn(await send(world, anna, "finance_delete", { id: "invoice-tx-1" })), words);
  });
});

Deno.test("finance.delete: the question names text, day and amount; then the booking is gone", async () => {
  const days = { date: "2026-02-01" };
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { sentence } = await asked(world, anna, "finance_delete", { id: await add(world, anna, days) });
  assert.match(sentence, /Delete the transaction "Brot \(2026-02-01, 4\.5\)"\?/);
  await using unasked = await createWorld({ env: { DESTRUCTIVE_TOOLS: "finance.delete" } });
  const ben = await unasked.person("ben");
  const id = await add(unasked, ben, days);
  assert.deepEqual(await callOk(unasked, ben, "finance_delete", { id }), { ok: true, id });
  assert.deepEqual(rowsOf(await callOk(unasked, ben, "finance_list")), []);
  assert.equal(await callRefused(unasked, ben, "finance_delete", { id }), notFound("transaction", id));
});

Deno.test("finance.save_category: new ones last, changed by id, and a type stays", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const food = await category(world, anna, { name: "Essen", type: "expense" });
  await category(world, anna, { name: "Lohn", type: "income", emoji: "💶", color: "#10b981" });
  const saved = await callOk(world, anna, "finance_save_category", { id: food, name: "Essen & Trinken" });
  assert.deepEqual(saved, { id: food, changed: true });
  const { rows } = await listed(world, anna, "finance_categories");
  assert.deepEqual(rows.map(({ name, type, emoji }) => [name, type, emoji]), [
    ["Essen & Trinken", "expense", "📁"],
    ["Lohn", "income", "💶"],
  ]);
  assert.equal((await listed(world, anna, "finance_categories", { type: "income" })).rows.length, 1);
  await withoutPush(world, async () => {
    const refused = (args: Record<string, unknown>) =>
      callRefused(world, anna, "finance_save_category", args);
    assert.match(await refused({ name: "Ohne Art" }), /a new category needs name and type/);
    assert.match(await refused({ id: food, type: "income", name: "x" }), /type: it stays/);
    assert.match(await refused({ id: food }), /nothing to change/);
    assert.match(await refused({ name: "x", type: "income", color: "red" }), /color: expected six digits/);
    assert.equal(await refused({ id: "no-such", name: "x" }), notFound("category", "no-such"));
  });
});

function rowsOf(output: Record<string, unknown>): Record<string, unknown>[] {
  assert.ok(Array.isArray(output.transactions));
  return output.transactions;
}
