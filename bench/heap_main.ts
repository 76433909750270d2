/**
 * A process of its own for what can only be measured from inside: heap after a full collection. Run by the `heap` part
 * of `deno task bench` with `--v8-flags=--expose-gc`; prints one JSON line with facts.
 */
import { print } from "../scripts/print.ts";
import type { Fact } from "./result.ts";

/** Measurements, one after the other: what one leaves in memory is gone before the next begins to count. */
const SOURCES: readonly (() => Promise<readonly Fact[]>)[] = [];

const facts: Fact[] = [];
for (const measure of SOURCES) facts.push(...await measure());
print(JSON.stringify(facts));
