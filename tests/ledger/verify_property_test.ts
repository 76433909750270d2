/** Random ledgers of honest gateways are never called broken; whatever is changed in them by somebody without a key is found. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createOwner, HonestGateway, type Logs, signedChange, verifyLogs, type Writer } from "./_logs.ts";
import { chainsOf, PLANTED } from "./_planted.ts";

const START = Date.parse("2026-03-01T12:00:00.000Z");
const owner = await createOwner("anna");

/** What gateways do one after the other; `gateway` is one of three that may be killed and started anew. */
const anyStep = fc.record({
  gateway: fc.nat({ max: 2 }),
  what: fc.constantFrom("write", "read", "flush", "flush", "flush", "end", "kill"),
  ms: fc.oneof(fc.integer({ min: 1, max: 250 }), fc.integer({ min: 251, max: 40_000 })),
});
const anyHistory = fc.array(anyStep, { minLength: 3, maxLength: 24 });

interface Made {
  readonly logs: Logs;
  /** Gateways that were killed with a chain, at their first write too; what runs at the end is ended. */
  readonly killed: number;
}

async function make(
  writer: Writer,
  steps: readonly { gateway: number; what: string; ms: number }[],
): Promise<Made> {
  const logs: Logs = { ledger: [], data: new Map() };
  const heads = new Map<string, readonly [number, string]>();
  let [at, count, killed] = [START, 0, 0];
  const running = new Map<number, { gateway: HonestGateway; calls: number; rows: number }>();
  const flush = async (state: { gateway: HonestGateway; calls: number; rows: number }) => {
    heads.set(state.gateway.chain, await state.gateway.flush(at, heads));
    Object.assign(state, { calls: 0, rows: state.rows + 1 });
  };
  const id = () => (++count).toString(16).padStart(32, "0");
  for (const { gateway: number, what, ms } of steps) {
    // No call waits longer for its row.
    if (ms > 250) { for (const state of running.values()) if (state.calls > 0) await flush(state); }
    at += ms;
    const state = running.getOrInsertComputed(
      number,
      () => ({ gateway: new HonestGateway(writer, logs, id()), calls: 0, rows: 0 }),
    );
    if (what === "write" || what === "read") {
      // A chain is begun before the first write.
      if (what === "write" && state.rows === 0) await flush(state);
      state.gateway.call(id(), at, what === "write");
      state.calls += 1;
    } else if (what === "flush" && state.calls > 0) {
      await flush(state);
    } else if (what === "end" && state.rows > 0) {
      heads.set(state.gateway.chain, await state.gateway.flush(at, heads, { isEnd: true }));
      running.delete(number);
    } else if (what === "kill") {
      if (state.rows > 0) killed += 1;
      running.delete(number);
    }
  }
  for (const { gateway, calls, rows } of running.values()) {
    at += 1;
    if (rows + calls > 0) heads.set(gateway.chain, await gateway.flush(at, heads, { isEnd: true }));
  }
  return { logs, killed };
}

Deno.test("verify, random: what honest gateways wrote is never broken, and is clean where none was killed", async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (steps) => {
      const { logs, killed } = await make(owner, steps);
      const { code, all } = await verifyLogs(logs, owner);
      if (killed === 0 && logs.ledger.length > 0) assert.equal(code, 0, all);
      assert.notEqual(code, 1, all);
    }),
    { numRuns: 300 },
  );
});

const UNNOTED = signedChange(owner, "ff".repeat(16), {
  id: "note-ffffffff",
  op: "insert",
  spaceId: "org",
  data: {
    id: "note-ffffffff",
    createdAt: new Date(START).toISOString(),
    updatedAt: new Date(START).toISOString(),
  },
});

Deno.test("verify, random: a single change by somebody without a key is found; a cut tail that nobody names is an open end", async () => {
  const seen = new Map<string, Set<number>>();
  await fc.assert(
    fc.asyncProperty(
      anyHistory,
      fc.constantFrom(...Object.keys(PLANTED)),
      fc.nat(),
      fc.nat(),
      async (steps, name, a, b) => {
        const numbers = [a, b];
        const { logs } = await make(
          owner,
          steps.map((step) => step.what === "kill" ? { ...step, what: "end" } : step),
        );
        const pick = (count: number) => count === 0 ? 0 : (numbers.shift() ?? a) % count;
        const changed = PLANTED[name]?.({ logs, pick, unnoted: UNNOTED }) ?? null;
        if (changed === null) return;
        const { code, all } = await verifyLogs(changed.logs, owner);
        seen.getOrInsertComputed(name, () => new Set()).add(code);
        if (!changed.isTail) return assert.notEqual(code, 0, `${name}\n${all}`);
        // Of a chain that is gone as a whole, and that neither a row nor the data name, nothing is left to see.
        const isWhole = chainsOf(changed.logs).length < chainsOf(logs).length;
        assert.ok(code !== 0 || isWhole, `${name}\n${all}`);
      },
    ),
    { numRuns: 800 },
  );
  // Each was tried, and none of them is found in one way only by accident.
  assert.deepEqual([...seen.keys()].sort(), Object.keys(PLANTED).sort());
});
