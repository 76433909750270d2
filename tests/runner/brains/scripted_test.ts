// The scripted brain: a seed is a day, absent modules have stand-ins, and nobody's choice hangs on an id or on what others wrote.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Brain, Day, OfferedTool, Turn } from "../../../runner/brain/brain.ts";
import { createScriptedBrain } from "../../../runner/brains/scripted.ts";
import { readCatalogue } from "../../../runner/catalogue/read_catalogue.ts";
import { createRandom } from "../../../runner/kit/random.ts";
import { shareSpace } from "../_support/shared_space.ts";
import { createRunnerWorld, personaOf } from "../_support/runner_world.ts";

Deno.test("the same seed over fresh folders gives the same calls, but for ids", async () => {
  const people = ["anna", "marcus", "tom", "maya", "rex"];
  const days = async (seed: number) => {
    await using runner = await createRunnerWorld(people);
    const seen: unknown[] = [];
    const names = new Map<unknown, string>();
    // Enough days that there is something to choose from.
    for (const name of Array(5).fill(people).flat()) {
      const turns: Turn[] = [];
      await runner.play(name, watched(turns), { seed });
      for (const { wish, outcome } of turns.flatMap(({ calls }) => calls)) {
        for (const { id, ...row } of recordsIn(outcome.structured)) names.set(id, textOf(row));
        // A record is called by what it says, so that which of them was chosen counts.
        seen.push({ ...wish, args: { ...wish.args, id: names.get(wish.args.id) } });
      }
    }
    return seen;
  };
  const [first, again, other] = [await days(7), await days(7), await days(8)];
  assert.deepEqual(first, again);
  assert.notDeepEqual(first, other);
});

Deno.test("whose day comes first in a shared space changes nobody's calls", async () => {
  const days = async (order: readonly string[]) => {
    await using runner = await createRunnerWorld(["anna", "ben"]);
    const { access } = await shareSpace(runner, "anna", "ben");
    const seen = new Map<string, unknown[]>();
    for (const name of [...order, ...order, ...order]) {
      const turns: Turn[] = [];
      // The number of the day, not of all ticks that the stand-in of the personas API has counted.
      const tick = seen.get(name)?.length ?? 0;
      await runner.play(name, watched(turns, tick), { access });
      const calls = turns.flatMap(({ calls }) => calls);
      seen.set(name, [
        ...seen.get(name) ?? [],
        calls.map(({ wish }) => ({ ...withoutIds(wish.args), tool: wish.tool })),
      ]);
      assert.equal(calls.filter(({ wish }) => wish.space !== undefined).length, 2, "writes there, and looks");
      assert.ok(calls.every(({ outcome }) => outcome.result === "ok"));
    }
    return ["anna", "ben"].map((name) => seen.get(name));
  };
  assert.deepEqual(await days(["anna", "ben"]), await days(["ben", "anna"]));
});

Deno.test("a day has 6 to 14 calls, and tomorrow is another one", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const days: unknown[] = [];
  for (let tick = 0; tick < 3; tick += 1) {
    const turns: Turn[] = [];
    const report = await runner.play("anna", watched(turns));
    assert.equal(report.kind === "played" && report.ending, "done");
    const calls = turns.flatMap(({ calls }) => calls);
    assert.ok(calls.length >= 6 && calls.length <= 14, String(calls.length));
    days.push(calls.map(({ wish }) => wish));
  }
  assert.notDeepEqual(days[0], days[1]);
  assert.notDeepEqual(days[1], days[2]);
});

Deno.test("what a persona wrote yesterday it goes on with today: it reads its lists first", async () => {
  await using runner = await createRunnerWorld(["anna"]);
  const written = new Set<unknown>();
  let taken = 0;
  for (let tick = 0; tick < 6; tick += 1) {
    const turns: Turn[] = [];
    await runner.play("anna", watched(turns));
    const calls = turns.flatMap(({ calls }) => calls);
    taken += calls.filter(({ wish }) => written.has(wish.args.id)).length;
    for (const { outcome } of calls) for (const id of idsIn(outcome.structured)) written.add(id);
    assert.ok(turns[0]?.calls.every(({ wish }) => /_(list|search)$/.test(wish.tool)));
  }
  assert.ok(taken > 0);
});

Deno.test("modules that are not offered fall back to notes and to-dos, and the ratings say so", async () => {
  await using runner = await createRunnerWorld(["kai"]);
  const report = await runner.play("kai", createScriptedBrain());
  assert.ok(report.kind === "played");
  const notes = new Map(report.ratings.map(({ module, notes }) => [module, notes]));
  assert.match(notes.get("notes") ?? "", /Stood in for what is not offered: goals\./);
  assert.doesNotMatch(notes.get("library") ?? "", /Stood in/);
});

Deno.test("a gateway that offers nothing gives a day without calls, and one that offers notes alone a day of notes", async () => {
  const mind = createScriptedBrain().begin(dayOf("paul", []));
  assert.deepEqual(Object.keys(await mind.next([], never)), ["end"]);
  assert.deepEqual(await mind.rate([], never), []);
  const notes = createScriptedBrain().begin(dayOf("paul", [tool("notes_search"), tool("notes_create")]));
  const move = await notes.next([], never);
  assert.ok("calls" in move && move.calls.every(({ tool }) => tool === "notes_search"));
});

Deno.test("every call is one of the offered tools, whatever the gateway offers", async () => {
  const all = [
    "todo_list",
    "todo_create",
    "todo_complete",
    "notes_search",
    "notes_create",
    "mood_log",
    "journal_add",
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.subarray(all),
      fc.constantFrom(...readCatalogue().map(({ name }) => name)),
      fc.nat(),
      async (offered, name, seed) => {
        const mind = createScriptedBrain().begin({ ...dayOf(name, offered.map(tool)), seed });
        const turns: Turn[] = [];
        for (let turn = 0; turn < 15; turn += 1) {
          const move = await mind.next(turns, never);
          if ("end" in move) break;
          assert.ok(move.calls.every(({ tool }) => offered.includes(tool)));
          turns.push({ calls: move.calls.map((wish) => ({ wish, outcome: EMPTY, violations: [] })) });
        }
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("chance is spread evenly enough, and the same words give the same numbers", () => {
  const counts = [0, 0, 0, 0, 0, 0];
  const random = createRandom("dice");
  for (let roll = 0; roll < 6000; roll += 1) {
    const side = random.whole(0, 5);
    counts[side] = (counts[side] ?? 0) + 1;
  }
  assert.ok(counts.every((count) => count > 850 && count < 1150), counts.join());
  fc.assert(fc.property(fc.string(), (seed) => {
    const [one, two] = [createRandom(seed), createRandom(seed)];
    for (let at = 0; at < 5; at += 1) assert.equal(one.whole(0, 1e6), two.whole(0, 1e6));
  }));
  assert.equal(createRandom("x").weighted([1, 2], () => 0), null);
});

const never = new AbortController().signal;
const EMPTY = { result: "ok", status: 200, code: null, text: "", structured: {}, latencyMs: 1 } as const;

/** The scripted brain, whose turns can be looked at. */
function watched(seen: Turn[], tick?: number): Brain {
  const brain = createScriptedBrain();
  return {
    name: brain.name,
    begin(day) {
      const mind = brain.begin(tick === undefined ? day : { ...day, tick });
      return {
        next(turns, signal) {
          seen.splice(0, Infinity, ...turns);
          return mind.next(turns, signal);
        },
        rate: (turns, signal) => mind.rate(turns, signal),
      };
    },
  };
}

function withoutIds({ id, ...args }: Readonly<Record<string, unknown>>) {
  return id === undefined ? args : { ...args, id: "id" };
}

function idsIn(value: unknown): readonly unknown[] {
  return recordsIn(value).map(({ id }) => id);
}

/** Everything with an id. */
function recordsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof value !== "object" || value === null) return [];
  const within = Object.values(value).flatMap(recordsIn);
  return "id" in value ? [{ ...value }, ...within] : within;
}

function textOf({ title, company, notes, subject }: Readonly<Record<string, unknown>>): string {
  return JSON.stringify([title, company, notes, subject]);
}

function dayOf(name: string, tools: readonly OfferedTool[]): Day {
  return { persona: personaOf(name), tick: 0, seed: 1, today: "2026-03-01", tools, sharedSpaces: [] };
}

function tool(name: string): OfferedTool {
  return {
    name,
    module: /^[^_]+/.exec(name)?.[0] ?? "",
    description: "",
    inputSchema: {},
    outputSchema: null,
    isReadOnly: /_(list|search)$/.test(name),
  };
}
