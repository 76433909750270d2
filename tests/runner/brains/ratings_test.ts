// Ratings are earned: five, less what went wrong, for every module that was used; and the notes say what, never what somebody wrote.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Called, OfferedTool, Rating } from "../../../runner/brain/brain.ts";
import { p95, rateDay, SLOW_MS } from "../../../runner/brains/scripted/rate_day.ts";

Deno.test("a module in which nothing went wrong gets five", () => {
  assert.deepEqual(rate([called({}), called({})]), [
    { module: "todo", rating: 5, notes: "2 calls, nothing to complain of." },
  ]);
});

Deno.test("each refusal that nothing provoked, each failed check and slowness cost a point, and the notes name them", () => {
  const [rating] = rate([
    called({ result: "refused", code: "input-invalid" }),
    called({ violations: 1 }),
    called({ latencyMs: SLOW_MS + 1 }),
  ]);
  assert.equal(rating?.rating, 2);
  assert.equal(
    rating?.notes,
    "1 refusal that nothing provoked; 1 check that failed; slow: one call in twenty took more than a second.",
  );
});

Deno.test("refusals that were provoked, or are the person's own no, cost nothing", () => {
  const provoked = [
    called({ result: "refused", code: "input-invalid", expects: "refused" }),
    called({ result: "refused", code: "rate-limit-exceeded", expects: "any" }),
    called({ result: "refused", code: "confirmation-declined" }),
    called({ result: "refused", code: "asked" }),
    called({ result: "refused", code: "token-signature", isMischief: true }),
    called({ result: "failed", code: "hung-up", isMischief: true }),
  ];
  assert.equal(rate(provoked)[0]?.rating, 5);
});

Deno.test("one slow call of many is forgiven: it is the twentieth that counts", () => {
  const calls = Array.from({ length: 40 }, () => called({}));
  assert.equal(rate([...calls, called({ latencyMs: 9_000 })])[0]?.rating, 5);
  assert.equal(p95([]), 0);
  assert.equal(p95([3, 1, 2]), 3);
});

const day = fc.array(
  fc.record({
    tool: fc.constantFrom("todo_list", "notes_search", "mood_log"),
    result: fc.constantFrom("ok" as const, "refused" as const, "failed" as const),
    latencyMs: fc.double({ min: 0, max: 5000, noNaN: true }),
    violations: fc.nat(3),
    expects: fc.option(fc.constantFrom("ok" as const, "refused" as const, "any" as const), {
      nil: undefined,
    }),
  }),
  { maxLength: 30 },
);

Deno.test("every used module has one rating, whole, from 1 to 5, with notes that fit", () => {
  fc.assert(fc.property(day, (calls) => {
    const ratings = rate(calls.map(called));
    assert.deepEqual(
      ratings.map(({ module }) => module).sort(),
      [...new Set(calls.map(({ tool }) => tool.split("_")[0]))].sort(),
    );
    for (const { rating, notes } of ratings) {
      assert.ok(Number.isInteger(rating) && rating >= 1 && rating <= 5);
      assert.ok(notes.length > 0 && notes.length <= 1000);
      assert.doesNotMatch(notes, /secret/, "arguments and answers are told nobody");
    }
  }));
});

Deno.test("one more thing that goes wrong never makes a rating better", () => {
  fc.assert(fc.property(day, fc.nat(), (calls, at) => {
    fc.pre(calls.length > 0);
    const index = at % calls.length;
    const worse = calls.map((call, place) =>
      place === index ? { ...call, violations: call.violations + 1 } : call
    );
    const [before, after] = [byModule(rate(calls.map(called))), byModule(rate(worse.map(called)))];
    for (const [module, rating] of before) assert.ok((after.get(module) ?? 0) <= rating);
  }));
});

Deno.test("what stood in for absent modules says so, and nothing else does", () => {
  const notes = rateDay(
    [{ calls: [called({ tool: "notes_search" }), called({ tool: "mood_log" })] }],
    TOOLS,
    [
      "goals",
      "newsResearch",
    ],
  );
  assert.match(notes[0]?.notes ?? "", /Stood in for what is not offered: goals, newsResearch\./);
  assert.doesNotMatch(notes[1]?.notes ?? "", /Stood in/);
});

const TOOLS: readonly OfferedTool[] = ["todo_list", "notes_search", "mood_log"].map((name) => ({
  name,
  module: /^[^_]+/.exec(name)?.[0] ?? "",
  description: "",
  inputSchema: {},
  outputSchema: null,
  isReadOnly: true,
}));

function rate(calls: readonly Called[]): readonly Rating[] {
  return rateDay([{ calls }], TOOLS, []);
}

function byModule(ratings: readonly Rating[]): ReadonlyMap<string, number> {
  return new Map(ratings.map(({ module, rating }) => [module, rating]));
}

function called({
  tool = "todo_list",
  result = "ok",
  code = null,
  latencyMs = 5,
  violations = 0,
  expects,
  isMischief = false,
}: {
  readonly tool?: string;
  readonly result?: Called["outcome"]["result"];
  readonly code?: string | null;
  readonly latencyMs?: number;
  readonly violations?: number;
  readonly expects?: "ok" | "refused" | "any" | undefined;
  readonly isMischief?: boolean;
}): Called {
  return {
    wish: {
      tool,
      args: { title: "secret" },
      ...(expects === undefined ? {} : { expects: { result: expects } }),
      ...(isMischief ? { mischief: { kind: "stale-token" } } : {}),
    },
    outcome: { result, status: 200, code, text: "secret", structured: { title: "secret" }, latencyMs },
    violations: Array.from({ length: violations }, () => ({ check: "gone", tool, words: "a record" })),
  };
}
