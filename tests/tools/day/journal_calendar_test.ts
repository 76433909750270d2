/** journal.calendar: which days have entries and of which mood. No text is opened for it, and no key is asked for. */
import assert from "node:assert/strict";
import { z } from "zod";
import { JOURNAL, masterKey, push, pushDelete, pushInsert, seal } from "../../_support/device.ts";
import { callOk, callRefused } from "../../_support/mcp.ts";
import { inSpace, makeTeam } from "../../_support/team.ts";
import { createWorld, type Person, type World } from "../../_support/world.ts";
import { callApp, createNarrowedWorld } from "../../grants/_narrowed_world.ts";
import { utf8Bytes } from "../../../lib/kit/bytes/utf8_bytes.ts";

const Calendar = z.object({
  from: z.string(),
  to: z.string(),
  today: z.string(),
  days: z.array(z.object({
    day: z.string(),
    count: z.number(),
    entries: z.array(
      z.strictObject({ id: z.string(), mood: z.string().optional(), words: z.number().optional() }),
    ),
  })),
  nextFrom: z.string().optional(),
});

async function days(world: World, person: Person, args: Record<string, unknown> = {}, headers = {}) {
  return Calendar.parse(await callOk(world, person, "journal_calendar", args, headers));
}

Deno.test("journal.calendar: days with numbers, moods and word counts, of this month by default", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const add = async (args: Record<string, unknown>) => {
    const { entry } = await callOk(world, anna, "journal_add", args);
    return z.object({ id: z.string() }).parse(entry).id;
  };
  const first = await add({ content: "one two three", mood: "dankbar", entryDate: "2026-03-01" });
  const second = await add({ content: "four", entryDate: "2026-03-01" });
  const last = await add({ content: "a b", mood: "traurig", entryDate: "2026-03-31" });
  const before = await add({ content: "x", entryDate: "2026-02-28" });
  assert.deepEqual(await days(world, anna), {
    from: "2026-03-01",
    to: "2026-03-31",
    today: "2026-03-01",
    days: [
      {
        day: "2026-03-01",
        count: 2,
        entries: [{ id: first, mood: "dankbar", words: 3 }, { id: second, words: 1 }],
      },
      { day: "2026-03-31", count: 1, entries: [{ id: last, mood: "traurig", words: 2 }] },
    ],
  });
  const february = await days(world, anna, { from: "2026-02-01" });
  assert.deepEqual([february.to, february.days.map(({ entries }) => entries[0]?.id)], ["2026-02-28", [
    before,
  ]]);
  assert.equal((await days(world, anna, { from: "2024-02-10" })).to, "2024-02-29");
  assert.equal((await days(world, anna, { to: "2026-02-10" })).from, "2026-02-01");
  const year = await days(world, anna, { from: "2025-12-01", to: "2026-12-01" });
  assert.equal(year.days.length, 3);
  for (
    const [args, words] of [
      [{ from: "2026-02-02", to: "2026-02-01" }, /to: it is before `from`/],
      [{ from: "2025-01-01", to: "2026-01-03" }, /to: it is more than 366 days after `from`/],
      [{ from: "2026-02-29" }, /from: expected an existing day/],
      [{ month: "2026-02" }, /unknown argument "month"/],
    ] as const
  ) assert.match(await callRefused(world, anna, "journal_calendar", args), words);
});

Deno.test("journal.calendar: this month is that of the person's day", async () => {
  await using world = await createWorld();
  world.clock.now = Date.parse("2026-03-31T22:30:00Z");
  const anna = await world.person("anna");
  const month = async (zone: string) => {
    const { from, today } = await days(world, anna, { timeZone: zone });
    return [from, today];
  };
  assert.deepEqual(await month("Europe/Berlin"), ["2026-04-01", "2026-04-01"], "summer time has begun");
  assert.deepEqual(await month("UTC"), ["2026-03-01", "2026-03-31"]);
});

Deno.test("journal.calendar: opens nothing: it answers without a key, and for texts that nobody can open", async () => {
  // The ledger seals that a call was made, and would ask for the key.
  await using world = await createWorld({ env: { LEDGER: "off" } });
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const content = await seal(key, "a secret");
  await pushInsert(world, anna, JOURNAL, "a", {
    content,
    entryDate: "2026-03-02",
    mood: "neutral",
    wordCount: 2,
  });
  await pushInsert(world, anna, JOURNAL, "b", {
    content: "enc:1:broken",
    entryDate: "2026-03-03",
    wordCount: 9,
  });
  const { days: found } = await days(world, anna);
  assert.deepEqual(found.map(({ day, entries }) => [day, entries]), [
    ["2026-03-02", [{ id: "a", mood: "neutral", words: 2 }]],
    ["2026-03-03", [{ id: "b", words: 9 }]],
  ]);
  const asked = world.upstreamCalls.filter(({ url }) => url.includes("encryption-vault"));
  assert.deepEqual(asked.map(({ url }) => url), [], "the vault was not asked");
  const metrics = await (await world.gateway.fetch(new Request("http://gateway.test/metrics"))).text();
  assert.match(metrics, /^mana_mcp_opened_bytes\{[^}]*\} 0$/m);
  const ben = await world.person("ben", { vault: false });
  await pushInsert(world, ben, JOURNAL, "c", { content, entryDate: "2026-03-04", wordCount: 1 });
  assert.equal((await days(world, ben)).days.length, 1, "who has no vault sees the days");
  assert.match(await callRefused(world, ben, "journal_list"), /vault|key/i);
});

Deno.test("journal.calendar: archived entries when asked for, no deleted ones, none of a day that does not exist", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await pushInsert(world, anna, JOURNAL, "old", { content: "", entryDate: "2026-03-02", isArchived: true });
  await pushInsert(world, anna, JOURNAL, "gone", { content: "", entryDate: "2026-03-02" });
  await pushDelete(world, anna, JOURNAL, "gone");
  await pushInsert(world, anna, JOURNAL, "never", { content: "", entryDate: "2026-03-32" });
  await pushInsert(world, anna, JOURNAL, "instant", { content: "", entryDate: "2026-03-05T22:00:00.000Z" });
  await pushInsert(world, anna, JOURNAL, "odd", {
    content: "",
    entryDate: "2026-03-06",
    mood: "<b>" + "x".repeat(500),
    wordCount: "many",
  });
  const { days: found } = await days(world, anna);
  assert.deepEqual(found.map(({ day, count }) => [day, count]), [["2026-03-05", 1], ["2026-03-06", 1]]);
  assert.equal(found[1]?.entries[0]?.mood?.length, 40);
  const all = await days(world, anna, { includeArchived: true });
  assert.equal(all.days[0]?.entries[0]?.id, "old");
});

Deno.test("journal.calendar: a year of many entries a day comes in parts, and no part is too long", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const { personalSpace: spaceId, id: authorId } = anna;
  const all = Array.from(
    { length: 365 },
    (_, at) => new Date(Date.UTC(2025, 0, 1 + at)).toISOString().slice(0, 10),
  );
  for (let start = 0; start < all.length; start += 40) {
    await push(
      world,
      anna,
      JOURNAL,
      all.slice(start, start + 40).flatMap((entryDate) =>
        Array.from({ length: entryDate.endsWith("-07") ? 25 : 4 }, (_, at) => {
          const id = `${entryDate}-${at}`;
          const createdAt = "2026-02-01T10:00:00.000Z";
          const data = {
            content: "",
            entryDate,
            mood: "nachdenklich",
            wordCount: 1_000,
            id,
            spaceId,
            authorId,
          };
          return { id, op: "insert", spaceId, data: { ...data, visibility: "space", createdAt } };
        })
      ),
    );
  }
  const seen: string[] = [];
  let from: string | undefined = "2025-01-01";
  for (let parts = 0; from !== undefined; parts++) {
    const part: z.infer<typeof Calendar> = await days(world, anna, { from, to: "2025-12-31" });
    assert.ok(utf8Bytes(JSON.stringify(part)) < 39_900);
    for (const { day, count, entries } of part.days) {
      assert.deepEqual([count, entries.length], day.endsWith("-07") ? [25, 20] : [4, 4], day);
    }
    seen.push(...part.days.map(({ day }) => day));
    from = part.nextFrom;
    assert.ok(parts < 40);
  }
  assert.deepEqual(seen, all);
});

Deno.test("journal.calendar: a shared space has its own entries, and what others wrote is marked", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const ben = await world.person("ben");
  const team = await makeTeam(world, anna, ben);
  await pushInsert(world, ben, JOURNAL, "ours", {
    content: "x",
    entryDate: "2026-03-02",
    mood: "neutral",
    spaceId: team,
  });
  const output = await callOk(world, anna, "journal_calendar", {}, inSpace(team));
  assert.deepEqual(Calendar.parse(output).days.map(({ day }) => day), ["2026-03-02"]);
  assert.match(JSON.stringify(output.remarks), /other/i);
  assert.deepEqual((await days(world, anna)).days, []);
});

Deno.test("journal.calendar: an app that was allowed less sees the days of that, and no mood that is kept back", async () => {
  await using world = await createNarrowedWorld();
  const { owner } = world;
  for (const day of ["2026-03-02", "2026-03-05"]) {
    await pushInsert(world, owner, JOURNAL, day, {
      content: "",
      entryDate: day,
      mood: "neutral",
      wordCount: 3,
    });
  }
  const shown = async () => Calendar.parse((await callApp(world, "journal_calendar")).output).days;
  assert.equal((await shown()).length, 2);
  const where = [{ field: "entryDate", op: "gte", value: "2026-03-04" }];
  world.narrow([{ collection: "journal/journalEntries", access: ["read"], where, fields: ["entryDate"] }]);
  assert.deepEqual(await shown(), [{ day: "2026-03-05", count: 1, entries: [{ id: "2026-03-05" }] }]);
});
