// How often gateways decided alone although there is a store: because it did not answer in time, or was not asked. What is promised of a
// shared store holds for the other decisions.

/** The decisions of these gateways since each began (`mana_mcp_store_missed_total` and `_skipped_total`); null where one does not answer. */
export async function missesOf(urls: readonly string[]): Promise<number | null> {
  const texts = await Promise.all(urls.map(async (url) => {
    try {
      return await (await fetch(new URL("/metrics", url), { signal: AbortSignal.timeout(PATIENCE_MS) }))
        .text();
    } catch {
      // It is being started again.
      return null;
    }
  }));
  if (texts.includes(null)) return null;
  const found = texts.flatMap((text) => [...(text ?? "").matchAll(DECIDED_ALONE)]);
  return found.reduce((sum, [, count]) => sum + Number(count), 0);
}

const DECIDED_ALONE = /^mana_mcp_store_(?:missed|skipped)_total(?:\{[^}]*\})? (\d+)$/gm;
const PATIENCE_MS = 5_000;
