// Makes trace ids for requests that bring none.

/** Ids made of one call for random bytes: such a call costs ten times as much as the rest of an id. */
const IDS_PER_FILL = 256;
const ID_BYTES = 16;

/**
 * Creates a source of trace ids: 32 random hex digits each (W3C Trace Context section 3.2.2.3). Trace ids are no secrets, so
 * random bytes for the next ones may wait in memory.
 *
 * @param fill fills an array with random bytes
 */
export function createTraceIds(fill: (bytes: Uint8Array<ArrayBuffer>) => void): () => string {
  const ready = new Uint8Array(IDS_PER_FILL * ID_BYTES);
  let at = ready.byteLength;
  return () => {
    if (at === ready.byteLength) {
      fill(ready);
      at = 0;
    }
    return ready.subarray(at, at += ID_BYTES).toHex();
  };
}
