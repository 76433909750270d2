import assert from "node:assert/strict";
import { faultsOf, type Outcome } from "./count.ts";

/** A run in which these clients were driven, each with hands of its own. */
const run = (...names: string[]): Outcome[] =>
  names.map((name) => ({ name, title: name, handedBy: name, calls: 30, missing: null }));
const SIX = run("a", "b", "c", "d", "e", "f");
const skipped = (name: string): Outcome => ({
  name,
  title: name,
  handedBy: name,
  calls: undefined,
  missing: "there is no npm",
});

Deno.test("six independent clients are enough, whatever else was skipped", () => {
  assert.deepEqual(faultsOf([...SIX, skipped("g")], ["a", "f"]), []);
});

Deno.test("skipped clients do not count, nor do two whose results the same code hands on", () => {
  const five = /^5 independent clients were driven; fewer than 6/;
  assert.match(faultsOf([...SIX.slice(1), skipped("g")], []).join(), five);
  const alike = { ...skipped("g"), calls: 30, missing: null, handedBy: "b" };
  assert.match(faultsOf([...SIX.slice(1), alike], []).join(), five);
  assert.match(faultsOf([], []).join(), /^0 independent/);
});

Deno.test("a client that is needed has to be driven, and its name has to be known", () => {
  assert.deepEqual(faultsOf([...SIX, skipped("g")], ["g"]), ["g is needed and was not driven."]);
  assert.deepEqual(faultsOf(SIX, ["z"]), ["z is needed and was not driven."]);
});

Deno.test("a client that is installed and was not driven is a fault: its test is gone, or came to no end", () => {
  const idle = { ...skipped("g"), missing: null };
  assert.deepEqual(faultsOf([...SIX, idle], []), ["g is installed, but was not driven."]);
});
