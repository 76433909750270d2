// Ctrl-C and SIGTERM for a task that has other processes to stop in their order. It is heard from the beginning, so that a task which is
// still starting leaves no process behind.
import { print } from "../print.ts";

/** Listens from now on. */
export function listenForStop({ addSignalListener, elapsed }: StopDeps): StopSignals {
  const asked = Promise.withResolvers<void>();
  const atOnce = new AbortController();
  let since: number | null = null;
  const hear = () => {
    if (since === null) {
      since = elapsed();
      print("Stopping …");
      asked.resolve();
    } else if (elapsed() - since > TWICE_MS) atOnce.abort();
  };
  for (const signal of SIGNALS) addSignalListener(signal, hear);
  return { asked: asked.promise, isAsked: () => since !== null, atOnce: atOnce.signal };
}

/** Whether the task has to stop. */
export interface StopSignals {
  /** Resolves with the first signal: everything is stopped in its order. */
  readonly asked: Promise<void>;
  isAsked(): boolean;
  /** Fires with the second signal: everything ends at once. */
  readonly atOnce: AbortSignal;
}

/** What listening needs; `elapsed` is a clock in milliseconds that never goes back. */
export interface StopDeps {
  addSignalListener(signal: Deno.Signal, handler: () => void): void;
  elapsed(): number;
}

/** SIGHUP is a terminal that was closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** One Ctrl-C may come twice: from the terminal, and handed on by `deno task`. */
const TWICE_MS = 500;
