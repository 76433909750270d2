/**
 * Runs what is asked for, unless the same key is under way: then whoever asks gets the answer, or the failure, of that run.
 * Nothing is kept once it is over.
 */
export type SingleFlight<Value> = (key: string, run: () => Promise<Value>) => Promise<Value>;

/** Creates it, with nothing under way. */
export function createSingleFlight<Value>(): SingleFlight<Value> {
  const underWay = new Map<string, Promise<Value>>();
  return (key, run) => {
    const joined = underWay.get(key);
    if (joined !== undefined) return joined;
    const started = run().finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };
}
