// Times as the sync service writes them.

/** RFC 3339 with microseconds, as the sync service writes the end of a page. */
export function instantOf(micros: number): string {
  const seconds = new Date(Math.floor(micros / 1_000_000) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(micros % 1_000_000).padStart(6, "0")}Z`;
}

/** Microseconds since the epoch of what a cursor says; 0 for what is no time, as the service takes it. */
export function microsOf(text: string): number {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text);
  if (match === null) return 0;
  return Date.parse(`${match[1]}Z`) * 1000 +
    Math.floor(Number(`${match[2] ?? ""}000000000`.slice(0, 9)) / 1000);
}
