import assert from "node:assert/strict";
import { JOURNAL, lastChange, masterKey, open, withoutPush } from "../_support/device.ts";
import { recordOf } from "../_support/listed.ts";
import { callOk, callRefused, rpc } from "../_support/mcp.ts";
import { createWorld } from "../_support/world.ts";

const zone = (name: string) => ({ "x-mana-time-zone": name });

Deno.test("journal.add: defaults are filled in and the day is the one of the call", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const output = await callOk(world, anna, "journal_add", { content: "A good  day,\n really." });
  const { id, createdAt, updatedAt, ...values } = recordOf(output, "entry");
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.equal(updatedAt, createdAt);
  assert.equal(output.timeZone, "UTC");
  assert.deepEqual(values, {
    title: null,
    content: "A good  day,\n really.",
    entryDate: "2026-03-01",
    mood: null,
    tags: [],
    isPinned: false,
    isArchived: false,
    isFavorite: false,
    wordCount: 4,
  });
});

Deno.test("journal.add: title and content are sealed, a missing title stays null, the rest is plain", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const key = await masterKey(world, anna);
  const given = {
    content: "Lange wach",
    mood: "glücklich",
    tags: ["schlaf", "enc:1:tag"],
    entryDate: "2024-02-29",
  };
  const { id, createdAt } = recordOf(
    await callOk(world, anna, "journal_add", given),
    "entry",
  );
  const change = await lastChange(world, anna, JOURNAL, id);
  const { content, ...plain } = change.data ?? assert.fail();
  assert.equal(await open(key, content), "Lange wach");
  assert.deepEqual(plain, {
    title: null,
    entryDate: "2024-02-29",
    mood: "glücklich",
    tags: ["schlaf", "enc:1:tag"],
    isPinned: false,
    isArchived: false,
    isFavorite: false,
    wordCount: 2,
    id,
    spaceId: anna.personalSpace,
    authorId: anna.id,
    visibility: "space",
    createdAt,
    updatedAt: createdAt,
  });
  assert.deepEqual([change.table, change.spaceId, change.actor?.rationale, change.origin], [
    "journalEntries",
    anna.personalSpace,
    "journal.add",
    "agent",
  ]);
  const titled = recordOf(await callOk(world, anna, "journal_add", { title: "", content: "x" }), "entry");
  const { data } = await lastChange(world, anna, JOURNAL, titled.id);
  assert.equal(data?.title, null, "an empty heading is none");
});

Deno.test("journal.add: today is the day in the person's zone, which the result names", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const day = async (headers: Record<string, string>, entryDate?: string, timeZone?: string) => {
    const args = {
      content: "x",
      ...(entryDate === undefined ? {} : { entryDate }),
      ...(timeZone === undefined ? {} : { timeZone }),
    };
    const output = await callOk(world, anna, "journal_add", args, headers);
    return [recordOf(output, "entry").entryDate, output.timeZone];
  };
  assert.deepEqual(await day(zone("Pacific/Kiritimati")), ["2026-03-02", "Pacific/Kiritimati"]);
  assert.deepEqual(await day(zone("America/Los_Angeles")), ["2026-03-01", "America/Los_Angeles"]);
  world.clock.now = Date.parse("2026-03-02T05:00:00.000Z");
  await anna.refresh();
  assert.deepEqual(await day(zone("America/Los_Angeles")), ["2026-03-01", "America/Los_Angeles"]);
  assert.deepEqual(await day({}), ["2026-03-02", "UTC"]);
  assert.deepEqual(await day(zone("Pacific/Kiritimati"), "2020-01-01"), ["2020-01-01", "Pacific/Kiritimati"]);
  // What the call itself says comes first.
  assert.deepEqual(await day({}, undefined, "America/Los_Angeles"), ["2026-03-01", "America/Los_Angeles"]);
  assert.deepEqual(await day(zone("Pacific/Kiritimati"), undefined, "America/Los_Angeles"), [
    "2026-03-01",
    "America/Los_Angeles",
  ]);
});

Deno.test("an unknown time zone is refused with HTTP 400 before anything is done", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  await withoutPush(world, async () => {
    for (const name of ["Mars/Olympus", "local", "+99:99", " "]) {
      const call = { name: "journal_add", arguments: { content: "x" } };
      const answer = await rpc(world, anna, "tools/call", call, { headers: zone(name) });
      assert.equal(answer.status, 400, name);
      assert.equal(
        answer.body.error?.message,
        "The X-Mana-Time-Zone header is invalid: expected an IANA time zone such as Europe/Berlin.",
      );
    }
  });
});

Deno.test("journal.add: arguments outside their bounds are refused by name and nothing is pushed", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  const bad: [Record<string, unknown>, RegExp][] = [
    [{}, /content: is missing/],
    [{ content: "" }, /content: expected at least 1 character/],
    [{ content: "x".repeat(200_001) }, /content: expected at most 200000/],
    [{ content: "a", title: "x".repeat(501) }, /title: expected at most 500/],
    [{ content: "a", entryDate: "2026-02-29" }, /entryDate: expected an existing day as YYYY-MM-DD/],
    [{ content: "a", entryDate: "2026-03-01T10:00:00Z" }, /entryDate: expected an existing day/],
    [{ content: "a", mood: "happy" }, /mood: expected one of dankbar, /],
    [{ content: "a", tags: "x" }, /tags: expected a list/],
    [{ content: "a", tags: [""] }, /tags\.0: expected at least one visible character/],
    [{ content: "a", tags: ["x".repeat(101)] }, /tags\.0: expected at most 100/],
    [{ content: "a", tags: Array.from({ length: 51 }, () => "x") }, /tags: expected at most 50/],
    [{ content: "a", wordCount: 1 }, /unknown argument "wordCount"/],
  ];
  await withoutPush(world, async () => {
    for (const [args, words] of bad) assert.match(await callRefused(world, anna, "journal_add", args), words);
  });
});

Deno.test("journal.add: every mood word of the app is taken, and words are counted as the app does", async () => {
  await using world = await createWorld();
  const anna = await world.person("anna");
  const moods = "dankbar glücklich zufrieden neutral nachdenklich traurig gestresst wütend".split(" ");
  for (const mood of moods) {
    const entry = recordOf(await callOk(world, anna, "journal_add", { content: "x", mood }), "entry");
    assert.equal(entry.mood, mood);
  }
  const counts: [string, number][] = [[" ", 0], ["one", 1], ["  one\ttwo\n\nthree ", 3], ["a-b c’d", 2]];
  for (const [content, words] of counts) {
    assert.equal(recordOf(await callOk(world, anna, "journal_add", { content }), "entry").wordCount, words);
  }
});
