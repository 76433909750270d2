/**
 * A listener that comes back: accepting fails for good once a process has no file descriptor left, and `Deno.serve` then
 * ends. Shared by the gateway and the embedded backend, of which this folder knows nothing.
 */

/** The part of `Deno.HttpServer` that is used here. */
export interface Listening {
  readonly addr: { readonly hostname: string; readonly port: number };
  /** Resolves or rejects when nothing is accepted any more. */
  readonly finished: Promise<void>;
  /** Ends idle connections at once and others after their answer; resolves when all are gone. */
  shutdown(): Promise<void>;
}

/** Dependencies of {@link createListener}. */
export interface ListenerDeps {
  /** Listens on the port, 0 for a free one; throws where that cannot be done. `onRequest` is to be called for each request. */
  readonly listen: (port: number, onRequest: () => void) => Listening;
  /** Waits so many milliseconds. */
  readonly delay: (ms: number) => Promise<void>;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number;
  /** Told each time accepting has ended by itself, and each time that listening again has failed. */
  readonly onFailure: (failure: ListenerFailure) => void;
  /** Told when the port is listened on again. */
  readonly onReturn: () => void;
  /** Told once when the listener is given up: nobody can reach the process any more, so it has to end. */
  readonly onLost: () => void;
}

/** One failure. */
export interface ListenerFailure {
  /** What happened, in words of ours and with the system's error number. */
  readonly problem: string;
  /** Milliseconds until the port is listened on again. */
  readonly pauseMs: number;
}

/** What is known of a listener. */
export interface ListenerState {
  /** Whether connections are accepted. A kept connection is still answered while they are not. */
  isListening(): boolean;
  /** How often accepting or listening has failed since the start. */
  failures(): number;
}

/** One listener, whichever `Listening` stands behind it at the moment. */
export interface Listener extends ListenerState {
  /** Listens for the first time and returns where. Throws what `listen` throws. */
  open(port: number): Listening["addr"];
  /** Accepts nothing more; resolves when the last answer has left. */
  close(): Promise<void>;
}

/** First pause before listening again; doubled each time. Descriptors come free as soon as connections end. */
const FIRST_PAUSE_MS = 100;
/** Longest pause: whoever calls meanwhile is refused. */
const MAX_PAUSE_MS = 5_000;
/** A listener that stood this long without a request has come back too: nobody may be there to call. */
const STEADY_MS = 10_000;
/** Without one accepted request for this long after a failure, a new process is better than this one. */
const GIVE_UP_MS = 60_000;

/**
 * Creates a listener that listens on its port again, after a growing pause, whenever accepting has failed.
 *
 * The failed server is shut down first. Its calls in flight still end, and every silent, idle or half-sent connection is closed:
 * those are what holds the descriptors (tried: 120 silent connections at a limit of 100, all closed within 100 ms).
 */
export function createListener(deps: ListenerDeps): Listener {
  let current: Listening | undefined;
  /** Failed servers whose last connections have not ended yet. */
  const ending = new Set<Promise<void>>();
  let failures = 0;
  let isClosing = false;
  let pauseMs = FIRST_PAUSE_MS;
  /** When the present trouble began; undefined while all is well. */
  let troubledSince: number | undefined;

  const endTrouble = () => {
    troubledSince = undefined;
    pauseMs = FIRST_PAUSE_MS;
  };

  const listen = (port: number): Listening => {
    let isAnswering = false;
    const server = deps.listen(port, () => {
      if (isAnswering) return;
      isAnswering = true;
      endTrouble();
    });
    current = server;
    const since = deps.monotonic();
    const ended = (error: unknown) => {
      if (isClosing) return;
      current = undefined;
      if (deps.monotonic() - since >= STEADY_MS) endTrouble();
      letGo(server);
      void listenAgain(server.addr.port, error);
    };
    server.finished.then(() => ended(undefined), ended);
    return server;
  };

  const letGo = (server: Listening): void => {
    const gone = server.shutdown().catch(() => {}).finally(() => ending.delete(gone));
    ending.add(gone);
  };

  const listenAgain = async (port: number, cause: unknown): Promise<void> => {
    for (let error = cause; !isClosing;) {
      failures += 1;
      troubledSince ??= deps.monotonic();
      // A right that is missing is missing for good: with PORT=0 only "some port" may be listened on, not this one again.
      const isHopeless = error instanceof Error && error.name === "NotCapable";
      if (isHopeless || deps.monotonic() - troubledSince >= GIVE_UP_MS) return deps.onLost();
      deps.onFailure({ problem: problemOf(error), pauseMs });
      await deps.delay(pauseMs);
      pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
      if (isClosing) return;
      try {
        listen(port);
        return deps.onReturn();
      } catch (thrown) {
        error = thrown;
      }
    }
  };

  return Object.freeze({
    open: (port: number) => listen(port).addr,
    isListening: () => current !== undefined && !isClosing,
    failures: () => failures,
    async close(): Promise<void> {
      isClosing = true;
      await Promise.all([current?.shutdown(), ...ending]);
    },
  });
}

/** EMFILE and ENFILE, in Linux and macOS. */
const NO_DESCRIPTORS = ["24", "23"];

function problemOf(error: unknown): string {
  const number = error instanceof Error ? /\(os error (\d{1,5})\)/.exec(error.message)?.[1] ?? "" : "";
  return NO_DESCRIPTORS.includes(number)
    ? "no file descriptor is left: raise the limit, and let a proxy end silent connections (docs/deploy/nginx.md)"
    : `connections cannot be accepted (os error ${number || "unknown"})`;
}
