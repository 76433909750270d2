// What the gateway does with the memory that an operator grants to it: how much of it holds people's records, and what V8 is told.

/** Bytes for what is kept of people's records, over all people. Each part is bounded by itself, so that neither drives out the other. */
export interface MemoryShares {
  /** Folded tables: records as they are stored, sealed. */
  readonly foldedBytes: number;
  /** Texts that were opened of them. */
  readonly openedBytes: number;
}

/**
 * What the process takes besides: the program, 500 streams of hints, connections, and young objects. What a collection leaves until the
 * next one is no part of it: records are estimated on the high side, by about as much as {@link HEAP_GROWTH} lets them grow.
 */
const OTHER_MB = 300;
/** What is granted where the setting says nothing. */
export const DEFAULT_MEMORY_MB = 700;
/** The least that may be granted: a person with a long history still fits. */
export const LEAST_MEMORY_MB = 350;
/** A record is opened when it is shown, and only some of the records that are kept are shown. */
const OPENED_PART = 0.2;

/** The shares of `memoryMb` megabytes. */
export function shareMemory(memoryMb: number): MemoryShares {
  const bytes = (memoryMb - OTHER_MB) * 1e6;
  return { foldedBytes: bytes * (1 - OPENED_PART), openedBytes: bytes * OPENED_PART };
}

/**
 * Starts V8 with a 16 MB semi-space for young objects. By default V8 grows to that size under load and shrinks when idle. Objects
 * that wait for a service when calls come again would then outlive two collections of a small semi-space and count as old,
 * and only a collection of everything would free them (docs/performance.md).
 */
const YOUNG_SPACE = "--min-semi-space-size=16";
/** Percent by which the heap grows until everything is collected again. By default V8 lets it grow to several times what is in use. */
const HEAP_GROWTH = 30;
/**
 * In MB: below it nothing is collected for having grown. With few people the heap is small, a growth by {@link HEAP_GROWTH} percent is
 * little, and everything would be collected all the time (one person's lists took a seventh to a quarter more of the processor).
 */
const CALM_HEAP_MB = 200;
/** In MB. By default V8 ends the process at a quarter of the machine's memory, which can be less than what is granted. */
const LEAST_HEAP_LIMIT_MB = 4_096;

/** The flag by which V8 keeps to `memoryMb` megabytes. */
export function memoryFlag(memoryMb: number): string {
  const limitMb = Math.max(LEAST_HEAP_LIMIT_MB, 2 * memoryMb);
  const heap = `--initial-old-space-size=${CALM_HEAP_MB},--heap-growing-percent=${HEAP_GROWTH}`;
  return `--v8-flags=${YOUNG_SPACE},${heap},--max-old-space-size=${limitMb}`;
}
