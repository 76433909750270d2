/** When one call has to end. */
export interface Deadline {
  /** Ends when the client goes away or the time is up, which counts from the first time this is asked. */
  signal(): AbortSignal;
  /** Has to be called when the call is over. */
  end(): void;
}

/**
 * Creates the deadline of one call. Nothing is made before somebody waits for something: a timer and two abort signals
 * cost more than a call that asks no service.
 *
 * @param client the signal that ends when the client went away
 */
export function createDeadline(client: () => AbortSignal, timeoutMs: number): Deadline {
  let made: { readonly controller: AbortController; readonly undo: () => void } | undefined;
  const make = () => {
    const controller = new AbortController();
    const gone = client();
    const abort = () => controller.abort();
    if (gone.aborted) abort();
    gone.addEventListener("abort", abort, { once: true });
    const timer = setTimeout(abort, timeoutMs);
    const undo = () => {
      clearTimeout(timer);
      gone.removeEventListener("abort", abort);
    };
    return { controller, undo };
  };
  return {
    signal: () => (made ??= make()).controller.signal,
    end: () => made?.undo(),
  };
}
