// A listener that comes back: accepting fails for good once a process has no file descriptor left, and `Deno.serve` then
// ends. Shared by the gateway and the embedded backend, of which this folder knows nothing; it imports nothing.

/** One port that is listened on, by whichever `Listening` serves it at the moment. */
export interface Listener extends ListenerState {
  /** Listens for the first time and returns where. Throws what `listen` throws. */
  open(port: number): Listening["addr"];
  /** Accepts nothing more; resolves when the last answer has left. */
  close(): Promise<void>;
}

/**
 * Creates a listener that listens on its port again, after a growing pause, whenever accepting has failed.
 *
 * The failed server is shut down first. Its calls in flight still end, and every silent, idle or half-sent connection is closed:
 * those connections hold the descriptors (tried: 120 silent connections at a limit of 100, all closed within 100 ms).
 */
export function createListener(deps: ListenerDeps): Listener {
  const state: State = {
    current: undefined,
    ending: new Set(),
    failures: 0,
    isClosing: false,
    pauseMs: FIRST_PAUSE_MS,
    troubledSince: undefined,
    toldAt: undefined,
    untold: 0,
  };
  return Object.freeze({
    open: (port: number) => listen(deps, state, port).addr,
    isListening: () => state.current !== undefined && !state.isClosing,
    failures: () => state.failures,
    async close(): Promise<void> {
      state.isClosing = true;
      await Promise.all([state.current?.shutdown(), ...state.ending]);
    },
  });
}

/** Dependencies of {@link createListener}. */
export interface ListenerDeps {
  /** Listens on the port, 0 for a free one; throws where that cannot be done. `onRequest` is to be called for each request. */
  readonly listen: (port: number, onRequest: () => void) => Listening;
  /** Waits so many milliseconds. */
  readonly delay: (ms: number) => Promise<void>;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number;
  /**
   * Called when accepting has ended by itself, or listening again has failed: at once, and then once a minute at most. A flood
   * makes a listener fail several times a second, and its log would be a flood of its own.
   */
  readonly onFailure: (failure: ListenerFailure) => void;
  /** Called when the port is listened on again after a failure that was told. */
  readonly onReturn: () => void;
  /** Called once when the listener is given up: nobody can reach the process any more, so it has to end. */
  readonly onLost: () => void;
}

/** The part of `Deno.HttpServer` that is used here. */
export interface Listening {
  readonly addr: { readonly hostname: string; readonly port: number };
  /** Resolves or rejects when nothing is accepted any more. */
  readonly finished: Promise<void>;
  /** Ends idle connections at once and others after their answer; resolves when all are gone. */
  shutdown(): Promise<void>;
}

/** A failure to accept or to listen. */
export interface ListenerFailure {
  /** The problem in our own words, with the system's error number. */
  readonly problem: string;
  /** Milliseconds until the port is listened on again. */
  readonly pauseMs: number;
  /** Failures since the last that was told, this one included. */
  readonly failures: number;
}

/** The state of a listener, for health checks and metrics. */
export interface ListenerState {
  /** Whether connections are accepted. A kept connection is still answered while they are not. */
  isListening(): boolean;
  /** How often accepting or listening has failed since the start. */
  failures(): number;
}

/** First pause before listening again; doubled each time. Descriptors come free as soon as connections end. */
const FIRST_PAUSE_MS = 100;
/** Longest pause: callers are refused meanwhile. */
const MAX_PAUSE_MS = 5_000;
/** A server that stood this long without a request has come back too: nobody may be there to call. */
const STEADY_MS = 10_000;
/** Without an accepted request for this long after a failure, a new process is better than this one. */
const GIVE_UP_MS = 60_000;
/** One failure is told in so long. */
const TELL_MS = 60_000;
/** EMFILE and ENFILE, in Linux and macOS. */
const NO_DESCRIPTORS = ["24", "23"];

/** State of one listener. */
interface State {
  current: Listening | undefined;
  /** Failed servers whose last connections have not ended yet. */
  readonly ending: Set<Promise<void>>;
  failures: number;
  isClosing: boolean;
  pauseMs: number;
  /** When the present trouble began; undefined while all is well. */
  troubledSince: number | undefined;
  /** When a failure was told last, and how many have come since. */
  toldAt: number | undefined;
  untold: number;
}

function listen(deps: ListenerDeps, state: State, port: number): Listening {
  let isAnswering = false;
  const server = deps.listen(port, () => {
    if (isAnswering) return;
    isAnswering = true;
    endTrouble(state);
  });
  state.current = server;
  const since = deps.monotonic();
  const onEnd = (error: unknown) => {
    if (state.isClosing) return;
    state.current = undefined;
    if (deps.monotonic() - since >= STEADY_MS) endTrouble(state);
    shutDown(state, server);
    void listenAgain(deps, state, server.addr.port, error);
  };
  server.finished.then(() => onEnd(undefined), onEnd);
  return server;
}

async function listenAgain(deps: ListenerDeps, state: State, port: number, cause: unknown): Promise<void> {
  let isTold = false;
  for (let error = cause; !state.isClosing;) {
    state.failures += 1;
    state.untold += 1;
    state.troubledSince ??= deps.monotonic();
    // A missing right is missing for good: with PORT=0 only "some port" may be listened on, not this one again.
    const isHopeless = error instanceof Error && error.name === "NotCapable";
    if (isHopeless || deps.monotonic() - state.troubledSince >= GIVE_UP_MS) return deps.onLost();
    isTold = tellFailure(deps, state, error) || isTold;
    await deps.delay(state.pauseMs);
    state.pauseMs = Math.min(2 * state.pauseMs, MAX_PAUSE_MS);
    if (state.isClosing) return;
    try {
      listen(deps, state, port);
      return isTold ? deps.onReturn() : undefined;
    } catch (thrown) {
      error = thrown;
    }
  }
}

/** Returns whether the failure was told. */
function tellFailure(deps: ListenerDeps, state: State, error: unknown): boolean {
  const now = deps.monotonic();
  if (state.toldAt !== undefined && now - state.toldAt < TELL_MS) return false;
  state.toldAt = now;
  deps.onFailure({ problem: problemOf(error), pauseMs: state.pauseMs, failures: state.untold });
  state.untold = 0;
  return true;
}

function endTrouble(state: State): void {
  state.troubledSince = undefined;
  state.pauseMs = FIRST_PAUSE_MS;
}

function shutDown(state: State, server: Listening): void {
  const gone = server.shutdown().catch(() => {}).finally(() => state.ending.delete(gone));
  state.ending.add(gone);
}

function problemOf(error: unknown): string {
  const number = error instanceof Error ? /\(os error (\d{1,5})\)/.exec(error.message)?.[1] ?? "" : "";
  return NO_DESCRIPTORS.includes(number)
    ? "no file descriptor is left: raise the limit, and let a proxy end silent connections (docs/deploy/nginx.md)"
    : `connections cannot be accepted (os error ${number || "unknown"})`;
}
