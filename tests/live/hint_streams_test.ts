import { createFakeClock } from "../_support/fake_clock.ts";
import assert from "node:assert/strict";
import { type Caller, principalKey } from "../../lib/people/principal.ts";
import { Refused } from "../../lib/kit/errors.ts";
import {
  FRESH_MS,
  HINT_IDLE_MS,
  HINT_KEEP_MS,
  HINT_RETRY_BASE_MS,
  HINT_RETRY_MAX_MS,
  HINT_SWEEP_MS,
  STREAM_SILENCE_MS,
} from "../../lib/kit/limits.ts";
import { createHintStreams } from "../../lib/changes/hint_streams.ts";
import { callerOf } from "../records/_harness.ts";

const SINCE = "2026-05-20T09:00:00.000000000Z";

/** One request for a stream: answered, told of events and ended by the test. */
interface Opened {
  readonly subject: string;
  readonly token: string;
  readonly app: string;
  readonly since: string;
  readonly signal: AbortSignal;
  /** Headers have come. */
  accept(): void;
  refuse(refusal: Refused["refusal"]): void;
  send(name: string): Promise<void>;
  end(): Promise<void>;
}

/** Lets everything go on that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

function setUp(maxStreams = 10, random = 0.5) {
  const clock = createFakeClock();
  const opened: Opened[] = [];
  const hinted: string[] = [];
  const hints = createHintStreams({
    sync: {
      listen(caller, app, since, signal) {
        const headers = Promise.withResolvers<AsyncIterable<string>>();
        const { readable, writable } = new TransformStream<string, string>();
        const writer = writable.getWriter();
        signal.addEventListener("abort", () => {
          headers.reject(new Refused({ reason: "cancelled" }));
          void writer.close().catch(() => {});
        }, { once: true });
        opened.push({
          subject: caller.principal.subject,
          token: caller.token.reveal(),
          app,
          since,
          signal,
          accept: () => headers.resolve(readable),
          refuse: (refusal) => headers.reject(new Refused(refusal)),
          async send(name) {
            await writer.write(name);
            await settle();
          },
          async end() {
            await writer.close();
            await settle();
          },
        });
        return headers.promise;
      },
    },
    random: () => random,
    clock,
    maxStreams,
  });
  hints.onHint((person, app) => void hinted.push(`${person} ${app}`));
  const last = (): Opened => {
    const stream = opened.at(-1);
    assert.ok(stream, "no stream was asked for");
    return stream;
  };
  const open = async (caller: Caller, app = "todo") => {
    hints.touch(caller, app, SINCE);
    last().accept();
    await settle();
  };
  const holds = (caller: Caller, app = "todo"): boolean => {
    const mark = hints.begin(caller.principal, app);
    return mark !== null && hints.holds(mark);
  };
  return { clock, hints, hinted, opened, last, open, holds };
}

const anna = callerOf("anna");

function expiring(subject: string, seconds: number, suffix = ""): Caller {
  const caller = callerOf(subject, suffix);
  return { ...caller, principal: { ...caller.principal, expiresAt: seconds } };
}

function connected(subject: string, client: string): Caller {
  const caller = callerOf(subject, client);
  const named = { id: client, name: client, appKey: client, tokenId: client, grantId: client };
  return { ...caller, principal: { ...caller.principal, client: named } };
}

Deno.test("one stream per person and app, opened by reading, with the token and the cursor of that call", async () => {
  const { hints, opened, open } = setUp();
  await open(anna);
  hints.touch(anna, "todo", SINCE);
  await open(anna, "notes");
  await open(callerOf("ben"));
  assert.deepEqual(opened.map(({ subject, token, app, since }) => [subject, token, app, since]), [
    ["anna", "token-anna", "todo", SINCE],
    ["anna", "token-anna", "notes", SINCE],
    ["ben", "token-ben", "todo", SINCE],
  ]);
  assert.equal(hints.count(), 3);
  hints.close();
  assert.deepEqual(opened.map(({ signal }) => signal.aborted), [true, true, true]);
  hints.touch(anna, "todo", SINCE);
  assert.equal(opened.length, 3);
});

Deno.test("nothing is left out before the headers are there, nor after the window, nor after a hint", async () => {
  const { clock, hints, last, holds } = setUp();
  hints.touch(anna, "todo", SINCE);
  assert.equal(hints.begin(anna.principal, "todo"), null);
  last().accept();
  await settle();
  assert.equal(holds(anna), true);
  assert.equal(holds(anna, "notes"), false);
  assert.equal(holds(callerOf("ben")), false);
  const mark = hints.begin(anna.principal, "todo");
  assert.ok(mark);
  clock.advance(FRESH_MS - 1);
  assert.equal(hints.holds(mark), true);
  await last().send("heartbeat");
  assert.equal(hints.holds(mark), true, "a heartbeat is no news");
  await last().send("changes");
  assert.equal(hints.holds(mark), false, "news");
  const next = hints.begin(anna.principal, "todo");
  assert.ok(next);
  clock.advance(FRESH_MS);
  assert.equal(hints.holds(next), false, "too old");
  hints.close();
  assert.equal(hints.holds({ ...next, at: clock.now() }), false, "closed");
});

Deno.test("a stream tells of each change, and of the time before it was open", async () => {
  const { hints, hinted, last, open } = setUp();
  await open(anna);
  await last().send("changes");
  await last().send("heartbeat");
  await last().send("something new");
  const one = `${principalKey({ issuer: "https://auth.test", subject: "anna" })} todo`;
  assert.deepEqual(hinted, [one, one, one]);
  hints.close();
});

Deno.test("a silent stream is believed no more, given up and opened again with the newest cursor", async () => {
  const { clock, hints, opened, last, open, holds } = setUp();
  await open(anna);
  hints.touch(anna, "todo", "2026-05-20T09:10:00.000000000Z");
  clock.advance(STREAM_SILENCE_MS - 1);
  assert.equal(holds(anna), true);
  clock.advance(1);
  assert.equal(holds(anna), false);
  clock.advance(HINT_SWEEP_MS);
  assert.equal(opened[0]?.signal.aborted, true);
  clock.advance(HINT_RETRY_BASE_MS);
  assert.equal(opened.length, 2);
  assert.equal(last().since, "2026-05-20T09:10:00.000000000Z");
  last().accept();
  await settle();
  assert.equal(holds(anna), true);
  hints.close();
});

Deno.test("a stream that ends or cannot be had is opened again, later each time, and with full jitter", async () => {
  for (const random of [0, 0.5, 1]) {
    const { clock, hints, opened, last, open } = setUp(10, random);
    await open(anna);
    await last().end();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt++) {
      const before = opened.length;
      const at = clock.now();
      while (opened.length === before) {
        clock.advance(50);
        hints.touch(anna, "todo", SINCE); // still there
      }
      waits.push(clock.now() - at);
      last().refuse({ reason: "upstream-failed", upstream: "sync", fault: "unreachable" });
      await settle();
    }
    const expected = Array.from({ length: 9 }, (_, attempt) =>
      Math.ceil(
        Math.max(
          HINT_RETRY_BASE_MS / 4,
          random * Math.min(HINT_RETRY_MAX_MS, HINT_RETRY_BASE_MS * 2 ** attempt),
        ) / 50,
      ) * 50);
    assert.deepEqual(waits, expected, `random ${random}`);
    hints.close();
    assert.equal(clock.armed(), 0);
  }
});

Deno.test("a stream that was open for a while starts over with short pauses", async () => {
  const { clock, hints, opened, last, open } = setUp(10, 1);
  await open(anna);
  for (let turn = 0; turn < 4; turn++) {
    await last().send("heartbeat");
    await last().end();
    clock.advance(HINT_RETRY_BASE_MS);
    assert.equal(opened.length, turn + 2);
    last().accept();
    await settle();
  }
  hints.close();
});

Deno.test("a refused token is not shown again; the person's next one is", async () => {
  for (
    const refusal of [
      { reason: "upstream-token-refused", upstream: "sync" },
      { reason: "sync-inactive" },
    ] as const
  ) {
    const { clock, hints, opened, last } = setUp();
    hints.touch(anna, "todo", SINCE);
    last().refuse(refusal);
    await settle();
    clock.advance(HINT_RETRY_MAX_MS);
    hints.touch(anna, "todo", SINCE);
    assert.equal(opened.length, 1);
    hints.touch(callerOf("anna", "2"), "todo", SINCE);
    assert.equal(opened.length, 2);
    assert.equal(last().token, "token-anna.2");
    hints.close();
  }
});

Deno.test("a stream ends with its token, unless the person has come with a newer one", async () => {
  const { clock, hints, opened, last, open, holds } = setUp();
  await open(expiring("anna", 20));
  await open(expiring("ben", 20));
  const fresh = expiring("ben", 200, "2");
  hints.touch(fresh, "todo", SINCE);
  hints.touch(expiring("ben", 19, "old"), "todo", SINCE); // another client's, which ends sooner
  assert.equal(opened.length, 2, "an open stream goes on while its token lasts");
  clock.advance(19_000 + HINT_SWEEP_MS);
  assert.equal(holds(anna), false);
  assert.deepEqual(opened.map(({ signal }) => signal.aborted).slice(0, 2), [true, true]);
  clock.advance(HINT_RETRY_BASE_MS);
  assert.equal(opened.length, 3);
  assert.equal(last().token, "token-ben.2");
  assert.equal(hints.count(), 1);
  hints.touch(expiring("cara", 1), "todo", SINCE);
  assert.equal(opened.length, 3, "a token that has ended opens none");
  hints.close();
});

Deno.test("an app's stream ends with the token that was exchanged for the app's own: the service knows no other", async () => {
  const { clock, hints, open, opened, holds } = setUp();
  const caller = expiring("anna", 200);
  await open({ ...caller, principal: { ...caller.principal, exchangedUntil: 20 } });
  assert.equal(holds(anna), true);
  clock.advance(20_000);
  assert.equal(holds(anna), false, "over at the service, though the app's own token lasts");
  hints.touch(caller, "todo", SINCE);
  await settle();
  assert.equal(opened.length, 2, "the next call brings the next token");
  hints.close();
});

Deno.test("whoever reads nothing any more has no stream soon, and the last one takes the timer along", async () => {
  const { clock, hints, last, open, holds } = setUp();
  await open(anna);
  for (let waited = 0; waited < HINT_IDLE_MS - HINT_SWEEP_MS; waited += 5_000) {
    clock.advance(5_000);
    await last().send("heartbeat");
  }
  assert.equal(holds(anna), true);
  clock.advance(2 * HINT_SWEEP_MS);
  assert.equal(hints.count(), 0);
  assert.equal(last().signal.aborted, true);
  assert.equal(clock.armed(), 0);
});

Deno.test("there are never more than may be: the one used longest ago goes, unless it was needed just now", async () => {
  const { clock, hints, opened, open } = setUp(2);
  await open(callerOf("anna"));
  await open(callerOf("ben"));
  hints.touch(callerOf("cara"), "todo", SINCE);
  assert.equal(opened.length, 2, "no churn");
  clock.advance(HINT_KEEP_MS);
  hints.touch(callerOf("anna"), "todo", SINCE);
  await open(callerOf("cara"));
  assert.equal(hints.count(), 2);
  assert.deepEqual(opened.map(({ subject, signal }) => [subject, signal.aborted]), [
    ["anna", false],
    ["ben", true],
    ["cara", false],
  ]);
  clock.advance(HINT_KEEP_MS);
  await open(callerOf("dora"));
  assert.equal(hints.count(), 2, "one that has gone makes no room a second time");
  assert.ok(opened[0]?.signal.aborted, "anna's was the next");
  hints.close();
});

Deno.test("a client whose access was taken back leaves no stream, and nobody else loses theirs", async () => {
  const { hints, opened, open } = setUp();
  await open(connected("anna", "claude"), "todo");
  await open(connected("anna", "claude"), "notes");
  await open(connected("anna", "cursor"), "habits");
  await open(connected("ben", "claude"), "todo");
  hints.drop(connected("anna", "claude").principal);
  assert.deepEqual(opened.map(({ signal }) => signal.aborted), [true, true, false, false]);
  hints.close();
});

Deno.test("a stream whose headers come after it was given up is closed at once", async () => {
  const { hints, last } = setUp();
  hints.touch(anna, "todo", SINCE);
  const late = last();
  hints.close();
  late.accept();
  await settle();
  assert.equal(late.signal.aborted, true);
  assert.equal(hints.begin(anna.principal, "todo"), null);
});
