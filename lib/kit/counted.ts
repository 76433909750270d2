// Numbers in English sentences.

/** A number with its noun, as people say it: `1 second`, `2 seconds`. For texts of ours, in English. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
