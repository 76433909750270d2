/** Random ledgers of honest gateways are never called broken; whatever is changed in them by somebody without a key is found. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  cutFrom,
  rowsOf,
  withBody,
  withCopy,
  withData,
  withMoved,
  without,
  withRow,
  withSpace,
  withSwapped,
} from "./_adversary.ts";
import {
  copyOf,
  createOwner,
  HonestGateway,
  type Logs,
  signedChange,
  verifyLogs,
  type Writer,
} from "./_logs.ts";

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
  /** Gateways that were killed with a chain; what runs at the end is ended. */
  readonly killed: number;
  /** Gateways that were killed before their first row, and had changed something. */
  readonly killedEarly: number;
}

async function make(
  writer: Writer,
  steps: readonly { gateway: number; what: string; ms: number }[],
): Promise<Made> {
  const logs: Logs = { ledger: [], data: new Map() };
  const heads = new Map<string, readonly [number, string]>();
  let [at, count, killed, killedEarly] = [START, 0, 0, 0];
  const running = new Map<number, { gateway: HonestGateway; calls: number; writes: number; rows: number }>();
  const flush = async (state: { gateway: HonestGateway; calls: number; writes: number; rows: number }) => {
    heads.set(state.gateway.chain, await state.gateway.flush(at, heads));
    Object.assign(state, { calls: 0, writes: 0, rows: state.rows + 1 });
  };
  const id = () => (++count).toString(16).padStart(32, "0");
  for (const { gateway: number, what, ms } of steps) {
    // No call waits longer for its row.
    if (ms > 250) { for (const state of running.values()) if (state.calls > 0) await flush(state); }
    at += ms;
    const state = running.getOrInsertComputed(
      number,
      () => ({ gateway: new HonestGateway(writer, logs, id()), calls: 0, writes: 0, rows: 0 }),
    );
    if (what === "write" || what === "read") {
      state.gateway.call(id(), at, what === "write");
      state.calls += 1;
      if (what === "write") state.writes += 1;
    } else if (what === "flush" && state.calls > 0) {
      await flush(state);
    } else if (what === "end" && state.rows > 0) {
      heads.set(state.gateway.chain, await state.gateway.flush(at, heads, { isEnd: true }));
      running.delete(number);
    } else if (what === "kill") {
      if (state.rows > 0) killed += 1;
      else if (state.writes > 0) killedEarly += 1;
      running.delete(number);
    }
  }
  for (const { gateway, calls, rows } of running.values()) {
    at += 1;
    if (rows + calls > 0) heads.set(gateway.chain, await gateway.flush(at, heads, { isEnd: true }));
  }
  return { logs, killed, killedEarly };
}

Deno.test("verify, random: what honest gateways wrote is never broken, and is clean where none was killed", async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (steps) => {
      const { logs, killed, killedEarly } = await make(owner, steps);
      const { code, all } = await verifyLogs(logs, owner);
      if (killed === 0 && killedEarly === 0 && logs.ledger.length > 0) assert.equal(code, 0, all);
      // Who dies before a first row, beside somebody who lives, looks like a gateway that notes nothing.
      if (killedEarly === 0) assert.notEqual(code, 1, all);
    }),
    { numRuns: 300 },
  );
});

/** One thing that somebody does who has no key. Null: there is nothing to do it to. */
type Change1 = (logs: Logs, pick: (count: number) => number) => { logs: Logs; isTail: boolean } | null;

const found = (logs: Logs) => ({ logs, isTail: false });
const isLastOf = (logs: Logs, { chain, seq }: { chain: string; seq: number }) =>
  rowsOf(logs, chain).every((row) => row.seq <= seq);
const allRows = (logs: Logs) =>
  [...new Set(logs.ledger.map(({ id }) => id.slice(0, 32)))]
    .flatMap((chain) => rowsOf(logs, chain));
const allChanges = (logs: Logs) => [...logs.data.values()].flat();

const CHANGES: Readonly<Record<string, Change1>> = {
  "drop a row": (logs, pick) => {
    const rows = allRows(logs);
    const row = rows[pick(rows.length)];
    if (row === undefined) return null;
    return {
      logs: without(logs, (one) => one.chain === row.chain && one.seq === row.seq),
      isTail: isLastOf(logs, row),
    };
  },
  "cut a tail": (logs, pick) => {
    const rows = allRows(logs);
    const row = rows[pick(rows.length)];
    return row === undefined ? null : { logs: cutFrom(logs, row.chain, row.seq), isTail: true };
  },
  "another body": (logs, pick) => {
    const rows = allRows(logs);
    const [row, other] = [rows[pick(rows.length)], rows[pick(rows.length)]];
    if (row === undefined || other === undefined || row === other) return null;
    return found(withRow(logs, row, { body: other.body }));
  },
  "another body and new hashes": (logs, pick) => {
    const rows = allRows(logs);
    const row = rows[pick(rows.length)];
    if (row === undefined) return null;
    const at = "mcp:1:".length + pick(row.body.length - 6);
    const char = row.body[at] === "A" ? "B" : "A";
    if (row.body[at] === ".") return null;
    return found(withBody(logs, row, row.body.slice(0, at) + char + row.body.slice(at + 1)));
  },
  "another row before": (logs, pick) => {
    const rows = allRows(logs);
    const row = rows[pick(rows.length)];
    return row === undefined ? null : found(withRow(logs, row, { prev: "ab".repeat(32) }));
  },
  "the same number twice": (logs, pick) => {
    const rows = allRows(logs);
    const [row, other] = [rows[pick(rows.length)], rows[pick(rows.length)]];
    if (row === undefined || other === undefined || row === other) return null;
    return found(withCopy(logs, row, { body: other.body }));
  },
  "a row in another place": (logs, pick) => {
    const rows = allRows(logs);
    const [row, other] = [rows[pick(rows.length)], rows[pick(rows.length)]];
    if (row === undefined || other === undefined) return null;
    return found(withMoved(logs, row, { chain: other.chain, seq: rowsOf(logs, other.chain).length + 1 }));
  },
  "a row in another space": (logs, pick) => {
    const rows = allRows(logs);
    const row = rows[pick(rows.length)];
    return row === undefined ? null : { logs: withSpace(logs, row, "org"), isTail: isLastOf(logs, row) };
  },
  "two rows in each other's place": (logs, pick) => {
    const rows = allRows(logs);
    const row = rows[pick(rows.length)];
    if (row === undefined || row.seq === 0) return null;
    return found(withSwapped(logs, row, { chain: row.chain, seq: pick(row.seq) }));
  },
  "a change of the data is gone": (logs, pick) => {
    const changes = allChanges(logs);
    const change = changes[pick(changes.length)];
    return change === undefined ? null : found(withData(logs, change, null));
  },
  "another value in the data": (logs, pick) => {
    const changes = allChanges(logs);
    const change = changes[pick(changes.length)];
    if (change === undefined) return null;
    return found(withData(logs, change, { ...change, data: { ...change.data, title: "enc:1:older" } }));
  },
  "a change without an entry": (logs, pick) => {
    const changes = allChanges(logs);
    const change = changes[pick(changes.length)];
    if (change === undefined) return null;
    const { id, data, spaceId } = change;
    const copy = copyOf(logs);
    const planted = signedChange(owner, "ff".repeat(16), { id, op: "insert", data: data ?? {}, spaceId });
    copy.data.get("notes/notes")?.push(planted);
    return found(copy);
  },
};

Deno.test("verify, random: a single change by somebody without a key is found; a cut tail that nobody names is an open end", async () => {
  const seen = new Map<string, Set<number>>();
  await fc.assert(
    fc.asyncProperty(
      anyHistory,
      fc.constantFrom(...Object.keys(CHANGES)),
      fc.nat(),
      fc.nat(),
      async (steps, name, a, b) => {
        const numbers = [a, b];
        const { logs } = await make(
          owner,
          steps.map((step) => step.what === "kill" ? { ...step, what: "end" } : step),
        );
        const changed = CHANGES[name]?.(logs, (count) => count === 0 ? 0 : (numbers.shift() ?? a) % count) ??
          null;
        if (changed === null) return;
        const { code, all } = await verifyLogs(changed.logs, owner);
        seen.getOrInsertComputed(name, () => new Set()).add(code);
        if (!changed.isTail) return assert.notEqual(code, 0, `${name}\n${all}`);
        // Of a chain that is gone as a whole, and that neither a row nor the data name, nothing is left to see.
        const isWhole = allRows(logs).length > 0 &&
          new Set(allRows(changed.logs).map(({ chain }) => chain)).size <
            new Set(allRows(logs).map(({ chain }) => chain)).size;
        assert.ok(code !== 0 || isWhole, `${name}\n${all}`);
      },
    ),
    { numRuns: 800 },
  );
  // Each was tried, and none of them is found in one way only by accident.
  assert.deepEqual([...seen.keys()].sort(), Object.keys(CHANGES).sort());
});
