// When a call has to end: the client is gone, the gateway stops, or its time is up.
/** When one call has to end. */
export interface Deadline {
  /** Ends when the client goes away, the gateway stops or the time is up, which counts from the first time this is asked. */
  signal(): AbortSignal;
  /** Has to be called when the call is over. */
  end(): void;
}

/**
 * Creates the deadline of one call. Nothing is made before somebody waits for something: a timer and two abort signals
 * cost more than a call that asks no service.
 *
 * @param client the signal that ends when the client went away
 * @param stopping the signal that ends when the gateway waits no longer for calls
 */
export function createDeadline(
  client: () => AbortSignal,
  stopping: AbortSignal,
  timeoutMs: number,
): Deadline {
  let made: { readonly controller: AbortController; readonly undo: () => void } | undefined;
  const make = () => {
    const controller = new AbortController();
    const gone = client();
    const abort = () => controller.abort();
    if (gone.aborted || stopping.aborted) abort();
    gone.addEventListener("abort", abort, { once: true });
    stopping.addEventListener("abort", abort, { once: true });
    const timer = setTimeout(abort, timeoutMs);
    const undo = () => {
      clearTimeout(timer);
      gone.removeEventListener("abort", abort);
      stopping.removeEventListener("abort", abort);
    };
    return { controller, undo };
  };
  return {
    signal: () => (made ??= make()).controller.signal,
    end: () => made?.undo(),
  };
}
