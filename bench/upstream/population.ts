// Kinds of people. What a person has is in the user id of their token.

/** How much data somebody has, and how slowly the services answer them. */
export interface Population {
  /** Rows in the habits table, all of them inserts. */
  readonly habits: number;
  /** Rows in the tasks table. */
  readonly tasks: number;
  /** Changes in the log of the tasks table: its inserts, then updates in turn. Never fewer than `tasks`. */
  readonly changes: number;
  /** Rows in the tables of time blocks and of events, an event for each block; none by default. */
  readonly blocks?: number;
  /** Milliseconds that every answer of the services takes at least. */
  readonly latencyMs: number;
}

/** The name of a population, such as `h100t1000c1000b0l0`. The user id of its person 7 is `h100t1000c1000b0l0-7`. */
export function nameOf({ habits, tasks, changes, blocks = 0, latencyMs }: Population): string {
  return `h${habits}t${tasks}c${Math.max(changes, tasks)}b${blocks}l${latencyMs}`;
}

/** What the person with this user id has; null for an id of another form. */
export function populationOf(subject: string): Population | null {
  const numbers = /^h(\d+)t(\d+)c(\d+)b(\d+)l(\d+)-\d+$/.exec(subject)?.slice(1).map(Number);
  if (numbers === undefined) return null;
  const [habits = 0, tasks = 0, changes = 0, blocks = 0, latencyMs = 0] = numbers;
  return { habits, tasks, changes, blocks, latencyMs };
}
