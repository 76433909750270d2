/** What every tool answers to an id that nobody has, and to arguments that make no sense: words, and nothing is written. */
import assert from "node:assert/strict";
import { withoutPush } from "../_support/device.ts";
import { call, callRefused } from "../_support/mcp.ts";
import { TOOLS } from "../_support/modules.ts";
import { createWorld } from "../_support/world.ts";
import { refusalIn, send } from "../confirmation/_asking.ts";
import { argumentsOf, isRecordId, propertiesOf } from "./_arguments.ts";

const ID = "no-such-id";
const UNKNOWN = /^No [a-z -]+ with id "no-such-id" exists in this space: list them first\.$/;
/** Deletions run unasked here: a client that cannot ask would be told so instead. */
const ENV = {
  POLICY_MODE: "off",
  DESTRUCTIVE_TOOLS: TOOLS.filter(({ access }) => access === "destructive").map(({ name }) => name).join(),
};

Deno.test("every tool that takes the id of a record says that there is no such record, and writes nothing", async () => {
  await using world = await createWorld({ env: ENV });
  const anna = await world.person("anna");
  const wrong: string[] = [];
  for (const tool of TOOLS) {
    const [own] = propertiesOf(tool).find(([name, node]) => name === "id" && isRecordId(node)) ?? [];
    if (own === undefined) continue;
    const args = { ...argumentsOf(tool), id: ID };
    const outcome = await withoutPush(world, () => call(world, anna, tool.name, args));
    if (outcome.ok || !UNKNOWN.test(outcome.message)) {
      wrong.push(`${tool.name} ${JSON.stringify([args, outcome])}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("a tool that deletes says so before anybody is asked", async () => {
  await using world = await createWorld({ env: { POLICY_MODE: "off" } });
  const anna = await world.person("anna");
  for (const tool of TOOLS.filter(({ access }) => access === "destructive")) {
    const args = { ...argumentsOf(tool), id: ID };
    const words = refusalIn(await withoutPush(world, () => send(world, anna, tool.name, args)));
    assert.match(words, UNKNOWN, tool.name);
  }
});

Deno.test("arguments that no tool has, or that are missing, are invalid, and nothing is written", async () => {
  await using world = await createWorld({ env: ENV });
  const anna = await world.person("anna");
  for (const tool of TOOLS) {
    const refused = (args: Record<string, unknown>) =>
      withoutPush(world, () => callRefused(world, anna, tool.name, args));
    assert.match(
      await refused({ ...argumentsOf(tool), nonsense: 1 }),
      /^The arguments are invalid: .*nonsense/,
      tool.name,
    );
    const { required = [] } = tool.inputSchema;
    if (Array.isArray(required) && required.length > 0) {
      assert.match(await refused({}), new RegExp(`^The arguments are invalid: ${required[0]}: `), tool.name);
    }
  }
});

Deno.test("an argument of another type is invalid by its name, and nothing is written", async () => {
  await using world = await createWorld({ env: ENV });
  const anna = await world.person("anna");
  for (const tool of TOOLS) {
    for (const [name, { type }] of propertiesOf(tool)) {
      const args = { ...argumentsOf(tool), [name]: type === "object" ? 5 : { odd: true } };
      const words = await withoutPush(world, () => callRefused(world, anna, tool.name, args));
      assert.match(words, new RegExp(`^The arguments are invalid: ${name}`), `${tool.name}.${name}`);
    }
  }
});

/** What is called `from` and `to` in these is no time. */
const NO_TIMES: readonly string[] = ["mail", "links"];
/** Arguments that are days or date-times, or a time of day. */
const TIMES =
  /^(?:from|to|at|day|start|end|time|paidOn|expectedBy|birthday|bedtime|wakeTime)$|(?:Date|At)$|^date$/;

Deno.test("days that do not exist, and zones that nobody knows, are invalid by their name", async () => {
  await using world = await createWorld({ env: ENV });
  const anna = await world.person("anna");
  for (const tool of TOOLS) {
    if (NO_TIMES.includes(tool.module)) continue;
    for (const [name] of propertiesOf(tool)) {
      const bad = name === "timeZone"
        ? ["Europe/Nowhere", "x".repeat(200)]
        : TIMES.test(name)
        ? ["2026-02-30", "2026-02-30T10:00", "2026-13-01", "tomorrow", "25:00", "9".repeat(39)]
        : [];
      for (const value of bad) {
        const args = { ...argumentsOf(tool), [name]: value };
        const words = await withoutPush(world, () => callRefused(world, anna, tool.name, args));
        assert.match(
          words,
          new RegExp(`^The arguments are invalid: ${name}: `),
          `${tool.name}.${name} ${value}`,
        );
      }
    }
  }
});

/** Each with a value for its two ends, the end before the start. */
const SPANS = [
  ["from", "to", "2026-02-27", "2026-02-26"],
  ["start", "end", "2026-02-27T10:00", "2026-02-27T09:00"],
  ["startDate", "endDate", "2026-02-27T10:00", "2026-02-27T09:00"],
  ["startedAt", "endedAt", "2026-02-27T10:00", "2026-02-27T09:00"],
  ["bedtime", "wakeTime", "2026-02-27T22:00", "2026-02-27T21:00"],
  // Of a dream these are times of day, and the evening may be that of the day before.
  ["bedtime", "wakeTime", "09:00", "08:00"],
  ["startedAt", "completedAt", "2026-02-27", "2026-02-26"],
  ["issueDate", "dueDate", "2026-02-27", "2026-02-26"],
] as const;

Deno.test("what ends before it starts is invalid, and nothing is written", async () => {
  await using world = await createWorld({ env: ENV });
  const anna = await world.person("anna");
  const seen: string[] = [];
  for (const tool of TOOLS) {
    const names = new Set(propertiesOf(tool).map(([name]) => name));
    // A change needs a record that is there; the tests of its module have it.
    if ("id" in argumentsOf(tool)) continue;
    for (const [first, last, start, end] of SPANS) {
      if (!names.has(first) || !names.has(last) || NO_TIMES.includes(tool.module)) continue;
      const isClock = start.length === 5;
      if (isClock !== (tool.module === "dreams")) continue;
      const args = { ...argumentsOf(tool), [first]: start, [last]: end };
      const words = await withoutPush(world, () => callRefused(world, anna, tool.name, args));
      assert.match(words, /^The arguments are invalid: .*(?:before|not after)/, `${tool.name} ${words}`);
      seen.push(tool.name);
    }
  }
  assert.ok(seen.length > 20, seen.join());
});
