/** Longest wait. */
const PATIENCE_MS = 15_000;
/** Between two tries. */
const PAUSE_MS = 50;

/** Tries until `condition` holds. Throws Error with `what` when it never does. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!await condition()) {
    if (Date.now() > end) throw new Error(`Waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
