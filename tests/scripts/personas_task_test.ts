// `deno task personas`: its arguments, its ports, what it makes of the runner's log, and its table. tests/e2e/personas_test.ts runs it.
import assert from "node:assert/strict";
import { addDays, countGood, tableOf } from "../../scripts/personas/days.ts";
import { choosePorts } from "../../scripts/personas/near_port.ts";
import { personasArguments } from "../../scripts/personas/personas_arguments.ts";
import { HANDED_ON, USUAL_PORTS } from "../../scripts/personas/personas_stack.ts";
import type { ShortReport } from "../../scripts/personas/runner_door.ts";
import { readTickLine, tellTick } from "../../scripts/personas/tick_lines.ts";

const NAMES = ["anna", "ben"];

Deno.test("personas: each variant of the task, with its defaults", () => {
  const task = (...args: string[]) => {
    const read = personasArguments(args, NAMES);
    return read.ok ? read.task : read.problem;
  };
  assert.deepEqual(task(), { kind: "start" });
  for (const kind of ["seed", "list", "clean"]) assert.deepEqual(task(kind), { kind });
  assert.deepEqual(task("open", "ben"), { kind: "open", name: "ben" });
  for (const help of ["--help", "-h"]) assert.deepEqual(task(help), { kind: "help" });
  assert.deepEqual(task("--once"), { kind: "once", seed: 1, ticks: 1, names: NAMES });
  assert.deepEqual(task("--once", "--seed=7", "--persona", "ben", "--ticks=3"), {
    kind: "once",
    seed: 7,
    ticks: 3,
    names: ["ben"],
  });
});

Deno.test("personas: arguments that make no sense are told which and why", () => {
  const problem = (...args: string[]) => {
    const read = personasArguments(args, NAMES);
    return read.ok ? "" : read.problem;
  };
  assert.equal(problem("--seed=1"), "--seed goes with --once.");
  assert.equal(problem("--once", "seed"), "--once and seed are two tasks.");
  for (const seed of ["-1", "1.5", "4294967296", "", "x"]) {
    assert.equal(problem("--once", `--seed=${seed}`), "--seed takes a whole number up to 4294967295.", seed);
  }
  for (const ticks of ["0", "51", "1e1", ""]) {
    assert.equal(problem("--once", `--ticks=${ticks}`), "--ticks takes a whole number from 1 to 50.", ticks);
  }
  assert.equal(problem("--once", "--persona=eve"), "The catalogue has no eve: it has anna, ben.");
  assert.equal(problem("open", "eve"), "The catalogue has no eve: it has anna, ben.");
  assert.equal(problem("open"), "open takes one name.");
  assert.equal(problem("seed", "anna"), "Unknown arguments.");
  assert.equal(problem("destroy"), "Nothing is called destroy here.");
  assert.equal(problem("--forever"), "Unknown option '--forever'.");
  assert.equal(problem("--once", "--persona"), "Option '--persona <value>' argument missing.");
});

Deno.test("personas: where deno task start has the usual ports, the next free ones are taken, each once", () => {
  const start = new Set([3001, 3050, 3069]);
  assert.deepEqual(choosePorts(USUAL_PORTS, {}, (port) => !start.has(port)), {
    BACKEND_PORT: "3002",
    BACKEND_SYNC_PORT: "3051",
    PORT: "3070",
    PERSONAS_PORT: "3071",
  });
  assert.deepEqual(choosePorts(USUAL_PORTS, {}, () => true), {
    BACKEND_PORT: "3001",
    BACKEND_SYNC_PORT: "3050",
    PORT: "3069",
    PERSONAS_PORT: "3070",
  });
  // A port that is named is kept, and nobody else gets it; where twenty are taken the system finds one.
  assert.deepEqual(choosePorts({ A: 3001, B: 3001 }, { B: "3001" }, (port) => port > 3001), {
    A: "3002",
    B: "3001",
  });
  assert.deepEqual(choosePorts({ A: 3001 }, {}, () => false), { A: "0" });
});

Deno.test("personas: a listener on a port moves the task to the next one", () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert.ok(listener.addr.transport === "tcp");
  const { port } = listener.addr;
  const chosen = Number(choosePorts({ A: port }, {}).A);
  assert.ok(chosen > port && chosen <= port + 20, `${chosen}`);
});

Deno.test("personas: nothing of a real deployment is handed on to the people who do not exist", () => {
  for (
    const name of ["BACKEND_DATA", "SIGN_IN_DATABASE_URL", "MANA_SERVICE_KEY", "MANA_AUTH_URL", "JWT_ISSUER"]
  ) {
    assert.ok(!HANDED_ON.includes(name), name);
  }
});

Deno.test("personas: of the runner's log the ends of days are told, and nothing else", () => {
  const line = (fields: object) => readTickLine(JSON.stringify(fields));
  const done = line({ event: "tick", persona: "anna", ending: "done", calls: 1, ms: 1234, stored: "true" });
  assert.equal(done && tellTick(done), "anna      a day: 1 call, 1.2 s");
  const early = line({
    event: "tick",
    persona: "ben",
    ending: "sign-in",
    calls: 0,
    ms: 3,
    problem: "answered 503",
  });
  assert.equal(
    early && tellTick(early),
    "ben       a day that ended early (sign-in): 0 calls, 0.0 s; answered 503",
  );
  const held = line({ event: "tick-not-begun", persona: "kai", reason: "held" });
  assert.equal(held && tellTick(held), "kai       did not begin: held");
  for (const other of ["", "{", "[]", '{"event":"listening"}', '{"event":"tick"}']) {
    assert.equal(readTickLine(other), null, other);
  }
});

Deno.test("personas: a day passes when it came to its end and no check broke; one that did not happen fails", () => {
  const person = (
    name: string,
    tickId: string,
    given: Partial<NonNullable<ShortReport["people"][number]["last"]>> = {},
  ) => ({
    name,
    tickCount: 1,
    last: { tickId, ending: "done", ok: 5, refused: 1, brokenChecks: [], ...given },
    absentModules: name === "ben" ? ["goals"] : [],
    ratings: [{ module: "todo", rating: 5 }],
  });
  const names = ["anna", "ben", "kai", "rex"];
  const first = addDays([], {
    people: [
      person("anna", "1"),
      person("ben", "1", { ending: "deadline" }),
      { ...person("kai", "1"), last: null },
      person("rex", "1", { brokenChecks: ["read-back", "read-back"] }),
    ],
  }, names);
  assert.deepEqual(countGood(first), { good: 1, bad: 3 });
  // Of a second day only Anna's is new: a report that shows the day before is no day.
  const second = addDays(first, { people: [person("anna", "2"), person("ben", "1")] }, names);
  assert.deepEqual(countGood(second), { good: 2, bad: 6 });
  assert.deepEqual(tableOf(second), [
    "persona  calls ok  refused  broken checks  ending    ratings",
    "anna     10        2        none           done      todo 5",
    "ben      5         1        none           deadline  todo 5 (not offered: goals)",
    "kai      0         0        none           nothing",
    "rex      5         1        read-back      nothing   todo 5",
  ]);
});
