// How the gateway ends: new requests are refused, calls under way are answered, what was sealed is looked after. The process
// itself ends in main.ts.
import type { UseReports } from "../calls/use_reports.ts";
import type { HintStreams } from "../changes/hint_streams.ts";
import type { InFlight } from "../http/in_flight.ts";
import type { Clock } from "../kit/clock.ts";
import { STOP_ABORT_MS, STOP_FLUSH_MS, STOP_GRACE_MS } from "../kit/limits.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Serving } from "../mcp/create_serving.ts";
import type { NodeMessages } from "../nodes/node_messages.ts";
import type { SharedStore } from "../nodes/shared_store.ts";
import type { RecordStore } from "../records/record_store.ts";
import type { Keyring } from "../sealing/keyring.ts";

/** The end of the gateway. */
export interface GracefulStop {
  /** Whether new requests are refused. */
  isStopping(): boolean;
  /** Lets calls in flight finish for up to {@link STOP_GRACE_MS}, then ends them and every stream. */
  stop(): Promise<void>;
}

interface StopDeps {
  /** Requests whose answer has not left. */
  readonly inFlight: InFlight;
  readonly serving: Serving;
  /** What the sign-in server's pages asked for. */
  readonly pages: Pick<Serving, "inFlight" | "drained" | "abort">;
  readonly hints: HintStreams;
  readonly ledger: Pick<Ledger, "stop">;
  readonly uses: UseReports;
  readonly store: RecordStore;
  readonly keyring: Keyring;
  readonly nodeMessages: Pick<NodeMessages, "close">;
  readonly sharedStore: Pick<SharedStore, "close">;
  readonly clock: Clock;
}

/** Creates the end, not yet begun. */
export function createGracefulStop(deps: StopDeps): GracefulStop {
  let isStopping = false;
  return Object.freeze({
    isStopping: () => isStopping,
    stop(): Promise<void> {
      isStopping = true;
      return stop(deps);
    },
  });
}

async function stop(deps: StopDeps): Promise<void> {
  const { serving, pages, hints, ledger, uses, store, keyring, nodeMessages, sharedStore, clock } = deps;
  await answersOut(deps, STOP_GRACE_MS);
  // A call that is cut off without a word may have stored something, and its client would repeat it.
  const isCut = serving.inFlight() + pages.inFlight() > 0;
  serving.abort();
  pages.abort();
  if (isCut) await answersOut(deps, STOP_ABORT_MS);
  await serving.close();
  hints.close();
  // While the tokens of the last calls still live: nobody else can say that this process has ended its chains.
  await ledger.stop();
  await uses.flush();
  // Only this process knows which records it sealed with a key that was replaced meanwhile. Nobody else can seal them again.
  const settled = store.settle();
  await Promise.race([settled, clock.wait(STOP_ABORT_MS).catch(() => {})]);
  store.close();
  await keyring.close();
  await settled;
  nodeMessages.close();
  await sharedStore.close();
}

/** Resolves when every answer has left, or no call runs any more, or after `graceMs`. */
async function answersOut({ inFlight, serving, pages, clock }: StopDeps, graceMs: number): Promise<void> {
  const over = new AbortController();
  const within = (ms: number) => clock.wait(ms, over.signal).catch(() => {});
  await Promise.race([
    inFlight.drained(),
    // A stream that only waits for news never ends by itself: once no call runs, answers get a moment to leave.
    Promise.all([serving.drained(), pages.drained()]).then(() => within(STOP_FLUSH_MS)),
    within(graceMs),
  ]);
  over.abort();
}
