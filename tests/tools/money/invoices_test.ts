import assert from "node:assert/strict";
import { asked, refusalIn, send, YES } from "../../confirmation/_asking.ts";
import {
  lastChange,
  masterKey,
  open,
  pullAll,
  pushInsert,
  pushUpdate,
  seal,
  stampAt,
  withoutPush,
} from "../../_support/device.ts";
import { notFound, recordOf } from "../../_support/listed.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { scoped } from "../../_support/scoped_person.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";

const INVOICES = { app: "invoices", table: "invoices" };
const SETTINGS = { app: "invoices", table: "invoiceSettings" };
const CLIENTS = { app: "invoices", table: "invoiceClients" };
const TRANSACTIONS = { app: "finance", table: "transactions" };
const LINES = [{ title: "Konzept", quantity: 1, unitPrice: 100 }];
const AHORN = { name: "Ahorn" };

const create = (world: World, person: Person, args: Record<string, unknown> = {}) =>
  callOk(world, person, "invoices_create", { client: AHORN, lines: LINES, ...args });

async function sent(world: World, person: Person, args: Record<string, unknown> = {}): Promise<string> {
  const { id } = await create(world, person, args);
  await pushUpdate(world, person, INVOICES, String(id), { status: "sent", sentAt: stampAt(world) });
  return String(id);
}

async function rowsOf(world: World, person: Person, args: Record<string, unknown> = {}) {
  const { invoices } = await callOk(world, person, "invoices_list", args);
  assert.ok(Array.isArray(invoices));
  return invoices;
}

Deno.test("invoices.create: lines are rounded to the cent, and what is shown is main units", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const lines = [
    { title: "Beratung", quantity: 1.5, unitPrice: 99.99, vatRate: 7.7, discount: 10 },
    { title: "Fahrt", quantity: 3, unitPrice: 0.1, vatRate: 0 },
    { title: "Druck", quantity: 2, unitPrice: 12.35, vatRate: 7.7, description: "A3" },
  ];
  const made = await create(world, anna, {
    lines,
    currency: "EUR",
    issueDate: "2026-02-20",
    dueDate: "2026-02-28",
  });
  // 1.5 × 99.99 less 10 % is 134.9865; 3 × 0.10; 2 × 12.35.
  assert.deepEqual([made.number, made.gross, made.currency, made.dueDate], [
    "2026-0001",
    Number((134.99 + 0.3 + 24.7 + 10.39 + 1.9).toFixed(2)),
    "EUR",
    "2026-02-28",
  ]);
  const { lines: shown, totals, status, clientSnapshot } = recordOf(
    await callOk(world, anna, "invoices_read", { id: made.id }),
    "invoice",
  );
  assert.ok(Array.isArray(shown));
  assert.deepEqual(shown.map(({ unitPrice }) => unitPrice), [99.99, 0.1, 12.35]);
  assert.deepEqual(totals, {
    net: 159.99,
    vat: 12.29,
    gross: 172.28,
    vatBreakdown: [{ rate: 0, base: 0.3, tax: 0 }, { rate: 7.7, base: 159.69, tax: 12.29 }],
  });
  assert.deepEqual([status, clientSnapshot], ["draft", AHORN]);
  const { data } = await lastChange(world, anna, INVOICES, made.id);
  assert.deepEqual(await open(await masterKey(world, anna), data?.clientSnapshot), AHORN);
});

Deno.test("invoices.create: numbers come from the settings, each once, also when calls come together", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const settings = {
    numberPrefix: "R-",
    numberPadding: 3,
    nextNumber: 7,
    defaultCurrency: "USD",
    defaultVatRate: 19,
    defaultDueDays: 14,
    defaultTerms: await seal(await masterKey(world, anna), "netto"),
    userId: anna.id,
    spaceId: undefined,
  };
  await pushInsert(world, anna, SETTINGS, "invoice-settings", settings);
  await pushInsert(world, anna, INVOICES, "other", { number: "R-008", status: "sent" });
  const made = await Promise.all([create(world, anna), create(world, anna), create(world, anna)]);
  assert.deepEqual(made.map(({ number }) => number).sort(), ["R-007", "R-009", "R-010"]);
  assert.deepEqual([made[0]?.currency, made[0]?.dueDate, made[0]?.gross], ["USD", "2026-03-15", 119]);
  assert.equal((await lastChange(world, anna, SETTINGS)).fields?.nextNumber?.value, 11);
  assert.equal(
    recordOf(await callOk(world, anna, "invoices_read", { id: made[0]?.id }), "invoice").terms,
    "netto",
  );
});

Deno.test("invoices.create: a lost answer is completed by the same call, under the same number", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, SETTINGS, "invoice-settings", {
    nextNumber: 5,
    spaceId: undefined,
    userId: anna.id,
  });
  let pushes = 0;
  world.intercept = async (request) => {
    if (request.method !== "POST" || !request.url.includes("/sync/invoices")) return undefined;
    const { pathname } = new URL(request.url);
    const init = { method: "POST", headers: request.headers, body: await request.text() };
    if (++pushes === 1) await (await world.sync(pathname, init)).text();
    return new Response("no", { status: 503 });
  };
  const args = { client: AHORN, lines: LINES };
  assert.match(await callRefused(world, anna, "invoices_create", args), /again/);
  world.intercept = () => Promise.resolve(undefined);
  const made = await callOk(world, anna, "invoices_create", args);
  assert.equal(made.number, "2026-0005");
  assert.equal((await pullAll(world, anna, INVOICES)).length, 1);
  assert.equal((await create(world, anna)).number, "2026-0006");
});

Deno.test("invoices.create: a counter that cannot be read does not start anew", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const settings = { nextNumber: "many", numberPrefix: "R-", spaceId: undefined, userId: anna.id };
  await pushInsert(world, anna, SETTINGS, "invoice-settings", settings);
  const args = { client: AHORN, lines: LINES };
  await withoutPush(world, async () => {
    assert.match(await callRefused(world, anna, "invoices_create", args), /nextNumber/);
  });
});

Deno.test("invoices.create: without settings the highest number of the year counts, deleted ones included", async () => {
  await using world = await createWorld({
    env: { POLICY_MODE: "off", DESTRUCTIVE_TOOLS: "invoices.delete" },
  });
  const anna = await world.person("anna");
  for (const number of ["2025-0090", "2026-0041", "2026-x", "A-7"]) {
    await pushInsert(world, anna, INVOICES, `i-${number}`, { number, status: "void" });
  }
  const { id, number } = await create(world, anna);
  assert.equal(number, "2026-0042");
  await callOk(world, anna, "invoices_delete", { id });
  assert.equal((await create(world, anna)).number, "2026-0043");
});

Deno.test("invoices.create: a client of the invoices and a contact are copied, with currency and days", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const client = {
    name: await seal(key, "Birke AG"),
    address: await seal(key, "Weg 1"),
    defaultCurrency: "EUR",
    defaultDueDays: 10,
  };
  await pushInsert(world, anna, CLIENTS, "birke", client);
  const { clients } = await callOk(world, anna, "invoices_clients", { query: "birke" });
  assert.ok(Array.isArray(clients) && clients.length === 1);
  const first = await create(world, anna, { client: undefined, clientId: "birke" });
  assert.deepEqual([first.currency, first.dueDate], ["EUR", "2026-03-11"]);
  const contact = { firstName: "Ben", lastName: "Buch", city: "Bern", postalCode: "3000" };
  const { id: contactId } = await callOk(world, anna, "contacts_create", contact);
  const second = await create(world, anna, { client: undefined, contactId });
  const read = async (id: unknown) => recordOf(await callOk(world, anna, "invoices_read", { id }), "invoice");
  assert.deepEqual((await read(first.id)).clientSnapshot, { name: "Birke AG", address: "Weg 1" });
  const { clientSnapshot, clientSource, clientId } = await read(second.id);
  assert.deepEqual([clientSnapshot, clientSource, clientId], [
    { name: "Ben Buch", zip: "3000", city: "Bern" },
    "contact",
    contactId,
  ]);
});

Deno.test("invoices.list: by status, days and words, with sums by currency; overdue is derived", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const eur = { currency: "EUR" };
  await create(world, anna, { ...eur, issueDate: "2026-01-10", subject: "Logo" });
  await sent(world, anna, { ...eur, issueDate: "2026-01-11", dueDate: "2026-02-28" });
  await sent(world, anna, { ...eur, issueDate: "2026-01-12", dueDate: "2026-03-01" });
  await sent(world, anna, { client: { name: "Birke" }, issueDate: "2026-01-13", dueDate: "2026-04-01" });
  const output = await callOk(world, anna, "invoices_list", { limit: 1 });
  assert.ok(Array.isArray(output.sums));
  assert.deepEqual(
    new Set(output.sums),
    new Set([
      { currency: "CHF", draft: 0, open: 108.1, overdue: 0, paid: 0 },
      { currency: "EUR", draft: 108.1, open: 216.2, overdue: 108.1, paid: 0 },
    ]),
  );
  const days = async (args: Record<string, unknown>) =>
    (await rowsOf(world, anna, args)).map(({ issueDate, status }) => [issueDate, status]);
  assert.deepEqual(await days({ status: "overdue" }), [["2026-01-11", "overdue"]]);
  assert.deepEqual(await days({ status: "sent" }), [["2026-01-13", "sent"], ["2026-01-12", "sent"]]);
  assert.deepEqual(await days({ query: "birke" }), [["2026-01-13", "sent"]]);
  assert.deepEqual(await days({ query: "logo" }), [["2026-01-10", "draft"]]);
  assert.deepEqual(await days({ from: "2026-01-12", to: "2026-01-12" }), [["2026-01-12", "sent"]]);
  const { sums } = await callOk(world, anna, "invoices_list", { query: "birke" });
  assert.deepEqual(sums, [{ currency: "CHF", draft: 0, open: 108.1, overdue: 0, paid: 0 }]);
});

Deno.test("invoices.update: a draft alone, with new totals for new lines", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const { id } = await create(world, anna, { subject: "Logo" });
  const update = (args: Record<string, unknown>) => callOk(world, anna, "invoices_update", { id, ...args });
  const lines = [{ title: "Logo", quantity: 2, unitPrice: 50, vatRate: 0 }];
  assert.deepEqual(await update({ lines, clear: ["subject"], client: { name: "Birke" } }), {
    ok: true,
    changed: true,
  });
  const invoice = recordOf(await callOk(world, anna, "invoices_read", { id }), "invoice");
  assert.deepEqual([Object(invoice.totals).gross, invoice.subject, invoice.clientSnapshot], [100, null, {
    name: "Birke",
  }]);
  await withoutPush(world, async () => {
    const refused = (args: Record<string, unknown>) =>
      callRefused(world, anna, "invoices_update", { id, ...args });
    assert.match(await refused({ dueDate: "2026-02-01" }), /dueDate: it is before issueDate/);
    assert.match(await refused({ lines: [] }), /lines: /);
    assert.match(await refused({}), /nothing to change/);
  });
  await pushUpdate(world, anna, INVOICES, String(id), { status: "sent" });
  assert.match(
    await callRefused(world, anna, "invoices_update", { id, subject: "x" }),
    /id: only a draft can be changed/,
  );
});

Deno.test("invoices.pay: asks, marks the invoice, and books the income once", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const id = await sent(world, anna, { client: { name: 'Ahorn"? No. "' }, currency: "EUR" });
  const args = { id, paidOn: "2026-02-27" };
  const { sentence, state } = await asked(world, anna, "invoices_pay", args);
  assert.equal(
    sentence.replace(/^.*(?=Mark)/s, ""),
    `Mark the invoice "2026-0001" to "Ahorn'? No. '" as paid on 2026-02-27, and book 108.10 EUR as income?`,
  );
  const { structuredContent } = await send(world, anna, "invoices_pay", args, { state, answer: YES });
  assert.deepEqual(structuredContent, { ok: true, id, transactionId: `invoice-tx-${id}` });
  const { fields } = await lastChange(world, anna, INVOICES, id);
  assert.deepEqual([fields?.status?.value, fields?.paidAt?.value], ["paid", "2026-02-27"]);
  const income = await lastChange(world, anna, TRANSACTIONS);
  assert.equal(income.id, `invoice-tx-${id}`);
  const { type, amount, date, categoryId, note } = income.data ?? {};
  assert.deepEqual([type, amount, date, categoryId, note], ["income", 108.1, "2026-02-27", null, null]);
  assert.match(
    refusalIn(await send(world, anna, "invoices_pay", { id })),
    /id: this invoice is paid already/,
  );
});

Deno.test("invoices.pay: what is booked already is changed, and a lost answer is completed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off", DESTRUCTIVE_TOOLS: "invoices.pay" } });
  const anna = await world.person("anna");
  const id = await sent(world, anna);
  const row = { type: "income", amount: 1, description: "old", date: "2026-01-01", categoryId: "mine" };
  await pushInsert(world, anna, TRANSACTIONS, `invoice-tx-${id}`, row);
  await callOk(world, anna, "invoices_pay", { id });
  const { op, fields } = await lastChange(world, anna, TRANSACTIONS);
  assert.deepEqual([op, fields?.amount?.value, "categoryId" in (fields ?? {})], ["update", 108.1, false]);
  const other = await sent(world, anna);
  world.intercept = (request) =>
    Promise.resolve(
      request.method === "POST" && request.url.includes("/sync/invoices")
        ? new Response("no", { status: 503 })
        : undefined,
    );
  await callRefused(world, anna, "invoices_pay", { id: other });
  world.intercept = () => Promise.resolve(undefined);
  await callOk(world, anna, "invoices_pay", { id: other });
  const booked = (await pullAll(world, anna, TRANSACTIONS)).filter(({ id }) => id === `invoice-tx-${other}`);
  assert.equal(booked.length, 1);
  assert.equal((await rowsOf(world, anna, { status: "paid" })).length, 2);
});

Deno.test("invoices: the income and the contacts of an invoice need the permission for them", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off", DESTRUCTIVE_TOOLS: "invoices.pay" } });
  const anna = await world.person("anna");
  const id = await sent(world, anna);
  const { id: contactId } = await callOk(world, anna, "contacts_create", { firstName: "Ben" });
  const agent = await scoped(world, anna, "invoices:read invoices:write invoices:destructive");
  await withoutPush(world, async () => {
    assert.match(await callRefused(world, agent, "invoices_pay", { id }), /it also needs finance:write/);
    const args = { lines: LINES, contactId };
    assert.match(await callRefused(world, agent, "invoices_create", args), /it also needs contacts:read/);
  });
  const allowed = await scoped(world, anna, "invoices:destructive finance:write");
  assert.equal((await callOk(world, allowed, "invoices_pay", { id })).ok, true);
});

Deno.test("invoices: what cannot be is refused, and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const { id } = await create(world, anna);
  const open = await sent(world, anna);
  const good = { client: AHORN, lines: LINES };
  const bad: [Record<string, unknown>, string | RegExp][] = [
    [{ lines: LINES }, /client: give one of client, clientId, contactId/],
    [{ ...good, clientId: "x" }, /client: give only one of/],
    [{ lines: LINES, clientId: "no-such" }, notFound("invoice client", "no-such")],
    [{ lines: LINES, contactId: "no-such" }, notFound("contact", "no-such")],
    [{ ...good, lines: [{ title: "x", quantity: -1, unitPrice: 1 }] }, /quantity: expected at least 0/],
    [
      { ...good, lines: [{ title: "x", quantity: 1, unitPrice: 0.001 }] },
      /unitPrice: expected at most two decimals/,
    ],
    [
      { ...good, lines: [{ title: "x", quantity: 1, unitPrice: 1, vatRate: 101 }] },
      /vatRate: expected at most 100/,
    ],
    [{ ...good, currency: "GBP" }, /currency: /],
    [{ ...good, issueDate: "2026-02-30" }, /issueDate: expected an existing day/],
    [{ ...good, issueDate: "2026-02-20", dueDate: "2026-02-19" }, /dueDate: it is before issueDate/],
    [{ ...good, notes: "x".repeat(200_000) }, /notes: expected at most 5,?000/],
  ];
  await withoutPush(world, async () => {
    for (const [args, words] of bad) {
      const message = await callRefused(world, anna, "invoices_create", args);
      if (typeof words === "string") assert.equal(message, words);
      else assert.match(message, words);
    }
    const refusal = async (tool: string, of: unknown) => refusalIn(await send(world, anna, tool, { id: of }));
    assert.match(await refusal("invoices_pay", id), /id: only an invoice that was sent can be paid/);
    assert.match(await refusal("invoices_delete", open), /id: only a draft or a void invoice can be deleted/);
    assert.equal(await refusal("invoices_pay", "no-such"), notFound("invoice", "no-such"));
    assert.match(
      (await asked(world, anna, "invoices_delete", { id })).sentence,
      /Delete the invoice "2026-0001"\?/,
    );
  });
});
