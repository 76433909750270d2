import assert from "node:assert/strict";
import { clockOf } from "../_support/fake_clock.ts";
import { endWhenRevoked } from "../../lib/http/streams/end_when_revoked.ts";

/** A clock whose timers run when told. */
function manual() {
  const due = new Set<() => void>();
  return {
    ...clockOf(() => 0, {
      after(_, run) {
        due.add(run);
        return () => void due.delete(run);
      },
    }),
    /** Runs what is due once and lets it finish. */
    async tick() {
      const [...runs] = due;
      due.clear();
      for (const run of runs) run();
      await Promise.resolve();
      await Promise.resolve();
    },
    pending: () => due.size,
  };
}

function stream() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const response = new Response(readable, { headers: { "content-type": "text/event-stream" } });
  return { response, writer: writable.getWriter() };
}

Deno.test("endWhenRevoked() passes a stream on while access stands, and ends it when it was taken back", async () => {
  const clock = manual();
  const { response, writer } = stream();
  let stands = true;
  const guarded = endWhenRevoked(response, {
    watch: { stands: () => Promise.resolve(stands), everyMs: 1 },
    clock,
  });
  const reader = guarded.body?.getReader();
  assert.ok(reader);
  void writer.write(new TextEncoder().encode("data: 1\n\n"));
  assert.equal(new TextDecoder().decode((await reader.read()).value), "data: 1\n\n");
  await clock.tick();
  assert.equal(clock.pending(), 1, "it goes on watching");
  stands = false;
  const last = reader.read();
  await clock.tick();
  assert.deepEqual(await last, { done: true, value: undefined });
  assert.equal(clock.pending(), 0, "nothing is left to watch");
  await writer.abort().catch(() => {});
});

Deno.test("endWhenRevoked() stops watching when the stream ends or its reader leaves", async () => {
  for (const leave of ["end", "cancel"] as const) {
    const clock = manual();
    const { response, writer } = stream();
    const guarded = endWhenRevoked(response, {
      watch: { stands: () => Promise.resolve(true), everyMs: 1 },
      endsInMs: 60_000,
      clock,
    });
    assert.equal(clock.pending(), 2);
    if (leave === "cancel") await guarded.body?.cancel();
    else {
      const reading = guarded.text();
      await writer.close();
      await reading;
    }
    assert.equal(clock.pending(), 0, leave);
    if (leave === "cancel") await writer.abort().catch(() => {});
  }
});

Deno.test("endWhenRevoked() leaves answers that are no stream as they are", () => {
  const response = Response.json({ done: true });
  const clock = manual();
  assert.equal(
    endWhenRevoked(response, { endsInMs: 0, clock }),
    response,
  );
  assert.equal(clock.pending(), 0);
});

Deno.test("endWhenRevoked() ends a stream when its time is over, also a time that no timer can hold", async () => {
  for (const [endsInMs, expected] of [[900_000, 900_000], [-5, 0], [2 ** 40, 2 ** 31 - 1]] as const) {
    const { response, writer } = stream();
    let ends: (() => void) | undefined;
    let delayMs: number | undefined;
    const guarded = endWhenRevoked(response, {
      endsInMs,
      clock: clockOf(() => 0, {
        after(ms, run) {
          [ends, delayMs] = [run, ms];
          return () => void (ends = undefined);
        },
      }),
    });
    assert.equal(delayMs, expected);
    const reading = guarded.text();
    ends?.();
    assert.equal(await reading, "");
    assert.equal(ends, undefined, "nothing is left to wait for");
    await writer.abort().catch(() => {});
  }
});
