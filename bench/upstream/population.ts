/** A kind of person: how much data they have and how slowly the services answer them. It is part of their user id. */
export interface Population {
  /** Rows in the habits table, all of them inserts. */
  readonly habits: number;
  /** Rows in the tasks table. */
  readonly tasks: number;
  /** Changes in the log of the tasks table: its inserts, then updates in turn. Never fewer than `tasks`. */
  readonly changes: number;
  /** Milliseconds that every answer of the services takes at least. */
  readonly latencyMs: number;
}

/** Somebody of a population, by number. */
export interface Resident {
  readonly population: Population;
  /** The same for all of one population. */
  readonly name: string;
}

const SUBJECT = /^(h(\d+)t(\d+)c(\d+)l(\d+))-(\d+)$/;

/** The name of a population, such as `h100t1000c1000l0`. */
export function nameOf({ habits, tasks, changes, latencyMs }: Population): string {
  return `h${habits}t${tasks}c${Math.max(changes, tasks)}l${latencyMs}`;
}

/** The user id of person `number` of a population. */
export function subjectOf(population: Population, number: number): string {
  return `${nameOf(population)}-${number}`;
}

/** Who has this user id; null for one that {@link subjectOf} did not make. */
export function parseSubject(subject: string): Resident | null {
  const match = SUBJECT.exec(subject);
  if (match === null) return null;
  const [, name = "", habits, tasks, changes, latencyMs] = match;
  return {
    name,
    population: {
      habits: Number(habits),
      tasks: Number(tasks),
      changes: Number(changes),
      latencyMs: Number(latencyMs),
    },
  };
}
