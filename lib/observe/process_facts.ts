// What `/metrics` tells of the process itself. main.ts asks the system; a gateway inside another program tells nothing of it.

/** What the system knows of the process. */
export interface ProcessFacts {
  /** Seconds since 1970. */
  readonly startedAt: number;
  /** Memory that the system counts as this process's, in bytes. */
  readonly residentBytes: () => number;
}
