/** How many records an app is handed in an hour and a day, and what it is told at the end. */
import assert from "node:assert/strict";
import { describeRefusal, type Refusal } from "../../lib/kit/errors.ts";
import { notes, refusalOf } from "../records/_harness.ts";
import { write } from "../records/_sealed_notes.ts";
import { appCaller, createAppCalls, listing, PAGE } from "./_app_calls.ts";

const HOUR = 3_600_000;
const APP = { grantId: "g1", readBudget: 5 };

function reached(refusal: Refusal) {
  assert.equal(refusal.reason, "disclosure-budget");
  const { counted, window, limit } = refusal;
  return { counted, window, limit };
}

Deno.test("a listing ends at what is left of the hour, says so, and its cursor goes on later", async () => {
  const { h, read } = await createAppCalls(12);
  const first = await read(APP, listing(3));
  assert.deepEqual([first.result.rows.length, first.result.hasMore, first.remark], [3, true, null]);
  const second = await read(APP, listing(3, first.result.nextCursor));
  assert.equal(second.result.rows.length, 2);
  assert.equal(second.result.hasMore, true);
  assert.equal(
    second.remark,
    "Note from the gateway: 0 of 5 records of this hour left for this app. The list was ended for that: it goes on at " +
      "2026-05-20T11:05:00.000Z.",
  );
  const cursor = second.result.nextCursor;
  const refusal = await refusalOf(read(APP, listing(3, cursor)));
  assert.deepEqual(reached(refusal), { counted: "records", window: "hour", limit: 5 });
  assert.deepEqual(describeRefusal(refusal), {
    status: 429,
    message:
      "This app has used up what the person allows it in one hour: 5 different records handed out. It goes on at " +
      `2026-05-20T11:05:00.000Z: do not try before. The person can allow it more at ${PAGE}.`,
  });
  h.clock += HOUR;
  await assert.rejects(read(APP, listing(3, cursor)), "an hour moves on in steps of five minutes");
  h.clock += 5 * 60_000;
  const third = await read(APP, listing(3, cursor));
  assert.deepEqual(third.result.rows.map(({ id }) => id), ["n005", "n006", "n007"]);
});

Deno.test("little is left: the app is told how much", async () => {
  const { read } = await createAppCalls(12);
  const { remark } = await read({ grantId: "g1", readBudget: 12 }, listing(11));
  assert.equal(remark, "Note from the gateway: 1 of 12 records of this hour left for this app.");
});

Deno.test("the same record again costs nothing, by whichever way", async () => {
  const { read } = await createAppCalls(5);
  for (let time = 0; time < 10; time++) assert.equal((await read(APP, listing(5))).result.rows.length, 5);
  await read(APP, (records) => records.get(notes, "n001"));
  await read(APP, (records) => records.search(notes, { query: "title", heading: "title", body: "content" }));
  await read(APP, (records) => records.getPortion(notes, "n002", "content", 0));
});

Deno.test("a record of an earlier hour counts in the next one, and there once", async () => {
  const { h, read } = await createAppCalls(12);
  const { result: { nextCursor } } = await read(APP, listing(5));
  h.clock += HOUR + 5 * 60_000;
  for (let time = 0; time < 3; time++) assert.equal((await read(APP, listing(3))).result.rows.length, 3);
  assert.equal((await read(APP, listing(5, nextCursor))).result.rows.length, 2, "3 of 5 are used again");
});

Deno.test("six hours' worth is a day's: then it goes on with the next day", async () => {
  const { h, read } = await createAppCalls(40);
  let cursor: string | undefined;
  for (let hour = 0; hour < 6; hour++) {
    const { result } = await read(APP, listing(5, cursor));
    assert.equal(result.rows.length, 5);
    cursor = result.nextCursor;
    h.clock += HOUR + 5 * 60_000;
  }
  const refusal = await refusalOf(read(APP, listing(5, cursor)));
  assert.deepEqual(reached(refusal), { counted: "records", window: "day", limit: 30 });
  h.clock += 24 * HOUR;
  assert.equal((await read(APP, listing(5, cursor))).result.rows.length, 5);
});

Deno.test("two grants have a budget each, two people too, and the own token none", async () => {
  const { read } = await createAppCalls(12);
  await read(APP, listing(5));
  await assert.rejects(read(APP, listing(6)).then(({ result }) => assert.equal(result.rows.length, 6)));
  assert.equal((await read({ ...APP, grantId: "g2" }, listing(5))).result.rows.length, 5);
  assert.equal((await read(null, listing(12))).result.rows.length, 12);
});

Deno.test("what a person raises on the page counts with the next call", async () => {
  const { read } = await createAppCalls(12);
  await read(APP, listing(5));
  assert.equal((await read({ ...APP, readBudget: 12 }, listing(12))).result.rows.length, 12);
  const none = await refusalOf(read({ ...APP, grantId: "g9", readBudget: 0 }, listing(1)));
  assert.equal(none.reason, "disclosure-budget");
});

Deno.test("a record whose texts are not shown is free", async () => {
  const { read } = await createAppCalls(12);
  const plain = (records: Parameters<ReturnType<typeof listing>>[0]) =>
    records.list(notes, { show: ["color"], page: { limit: 5 } });
  for (let time = 0; time < 3; time++) assert.equal((await read(APP, plain)).result.rows.length, 5);
  assert.equal((await read(APP, listing(5))).result.rows.length, 5);
});

Deno.test("get is refused where nothing is left, of a record that was not handed out yet", async () => {
  const { read } = await createAppCalls(12);
  await read(APP, listing(5));
  await read(APP, (records) => records.get(notes, "n001"));
  const refusal = await refusalOf(read(APP, (records) => records.get(notes, "n011")));
  assert.deepEqual(reached(refusal), { counted: "records", window: "hour", limit: 5 });
});

Deno.test("only the hits of a search are charged, and searches have a budget of their own", async () => {
  const { h, read } = await createAppCalls(12);
  const search = (query: string) =>
    read(APP, (records) => records.search(notes, { query, heading: "title", body: "content" }));
  for (let time = 0; time < 200; time++) await search("nothing like it");
  assert.equal((await read(APP, listing(5))).result.rows.length, 5);
  const refusal = await refusalOf(search("title"));
  assert.deepEqual(reached(refusal), { counted: "searches", window: "hour", limit: 200 });
  assert.match(
    describeRefusal(refusal).message,
    /: 200 searches and filters by text\. It goes on at 2026-05-20T11:05/,
  );
  const filter = read(APP, (records) => records.list(notes, { match: ({ title }) => title === "x" }));
  assert.equal(reached(await refusalOf(filter)).counted, "searches", "a filter by text is an oracle as well");
  h.clock += HOUR + 5 * 60_000;
  assert.equal((await search("title")).result.rows.length, 5);
});

Deno.test("a sum is charged what the tool puts out of it; too many sums in an hour are refused", async () => {
  const { read } = await createAppCalls(12);
  const sum = (output: unknown) => read(APP, (records) => records.scan(notes, {}, () => {}), () => output);
  const named = (ids: readonly string[]) => ids.map((id) => ({ id, title: "title" }));
  await sum({ total: 12 });
  await sum(named(["n000", "n001", "n002", "n003"]));
  const refusal = await refusalOf(sum(named(["n000", "n004", "n005"])));
  assert.deepEqual(reached(refusal), { counted: "records", window: "hour", limit: 5 });
  await sum(named(["n000", "n004"]));
  // 20 × 5 rows: five sums of 12 were made, and the ninth is the last that begins below 100.
  for (let time = 4; time < 9; time++) await sum({ total: 12 });
  const tooMany = await refusalOf(sum({ total: 12 }));
  assert.deepEqual(reached(tooMany), { counted: "looked", window: "hour", limit: 100 });
});

Deno.test("calls at the same time never take more together than is left", async () => {
  const { read } = await createAppCalls(60);
  const app = { grantId: "g1", readBudget: 20 };
  const got = new Set<string>();
  const results = await Promise.allSettled(
    Array.from(
      { length: 16 },
      (_, index) =>
        read(app, (records) =>
          records.list(notes, {
            where: ({ id }) => Number(id.slice(1)) % 16 === index,
            page: { limit: 5 },
          })),
    ),
  );
  for (const result of results) {
    if (result.status === "fulfilled") { for (const { id } of result.value.result.rows) got.add(id); }
  }
  assert.equal(got.size, 20);
});

Deno.test("a call that fails gives back what it had reserved", async () => {
  const { read } = await createAppCalls(12);
  const failing = read(APP, async (records) => {
    await listing(5)(records);
    throw new RangeError("of the tool");
  });
  await assert.rejects(failing, RangeError);
  assert.equal((await read(APP, listing(5))).result.rows.length, 5);
});

Deno.test("a filter that keeps few rows does not use up what it rejects", async () => {
  const { read } = await createAppCalls(60);
  const { result } = await read(
    APP,
    (records) => records.list(notes, { match: ({ title }) => title === "title 3" || title === "title 50" }),
  );
  assert.deepEqual(result.rows.map(({ id }) => id), ["n003", "n050"]);
});

Deno.test("texts above what the records stand for end the hour as well", async () => {
  const { h, read } = await createAppCalls(2);
  for (let index = 0; index < 4; index++) await write(h, `long${index}`, "long", "x".repeat(34_000));
  const app = { grantId: "g1", readBudget: 4 };
  const long = (index: number) => read(app, (records) => records.get(notes, `long${index}`));
  await long(0);
  await long(0);
  await long(1);
  const refusal = await refusalOf(long(2));
  assert.deepEqual(reached(refusal), { counted: "bytes", window: "hour", limit: 4 * 16 * 1024 });
});

Deno.test("portions of a long text add what is new in them, and the same portion again nothing", async () => {
  const { h, read } = await createAppCalls(2);
  await write(h, "long", "long", "x".repeat(70_000));
  const app = { grantId: "g1", readBudget: 3 };
  const portion = (offset: number) =>
    read(app, (records) => records.getPortion(notes, "long", "content", offset));
  const { result: { nextOffset = 0 } } = await portion(0);
  for (let time = 0; time < 5; time++) await portion(0);
  await portion(nextOffset);
  const refusal = await refusalOf(read(app, (records) => records.get(notes, "n000")));
  assert.deepEqual(reached(refusal), { counted: "bytes", window: "hour", limit: 3 * 16 * 1024 });
});

Deno.test("what cannot be remembered counts again", async () => {
  const { read } = await createAppCalls(12, { maxRecords: 3 });
  await read(APP, listing(5));
  const refusal = await refusalOf(read(APP, listing(5)));
  assert.equal(refusal.reason, "disclosure-budget");
});

Deno.test("what other processes counted counts here, once, from the first call on", async () => {
  let asked = 0;
  const { h, read } = await createAppCalls(12, {
    earlierUse: (_caller, grantId) => {
      asked += 1;
      const hour = Math.floor(Date.UTC(2026, 4, 20, 9) / HOUR);
      return Promise.resolve(
        grantId === "g1"
          ? [{ hours: [[hour + 1, 3, 6, 90], [hour - 8, 20, 40, 900]], others: 0, private: [] }]
          : [],
      );
    },
  });
  const { result } = await read(APP, listing(5));
  assert.equal(result.rows.length, 2);
  await assert.rejects(read(APP, listing(5, result.nextCursor)));
  assert.equal(asked, 1);
  h.clock += 2 * HOUR;
  assert.equal((await read(APP, listing(5, result.nextCursor))).result.rows.length, 5, "30 a day");
  assert.equal((await read({ ...APP, grantId: "g2" }, listing(5))).result.rows.length, 5);
});

Deno.test("where the counts of others cannot be had, this process counts for itself and asks again", async () => {
  let asked = 0;
  const { read, disclosure } = await createAppCalls(12, {
    earlierUse() {
      asked += 1;
      return Promise.reject(new Error("down"));
    },
  });
  await read(APP, listing(3));
  const { result } = await read(APP, listing(6));
  assert.deepEqual([result.rows.length, asked], [5, 2]);
  const window = disclosure.window(appCaller(APP));
  assert.deepEqual(window?.hours.map(([, records]) => records), [5]);
});
