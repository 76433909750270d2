// Waiting for somebody who may never answer, and who may not heed a signal either.

/** What comes of the work. Throws the signal's reason when it ends first, whatever the work does then. */
export async function until<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const ended = Promise.withResolvers<never>();
  const end = () => ended.reject(signal.reason);
  // Whichever comes second is nobody's any more.
  ended.promise.catch(() => {});
  work.catch(() => {});
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([ended.promise, work]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}
