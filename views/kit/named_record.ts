// How a view names a record to the model. An id is as much another writer's text as a title: whoever pushes to a shared space chooses it,
// and a sentence in it would be read as the person's words (prompt injection). Ids that Mana apps make fit.

/** `the task x7f…`; `a task` where the id could be read as words. */
export function namedRecord(noun: string, id: string): string {
  return /^[A-Za-z0-9_-]{1,64}$/.test(id) ? `the ${noun} ${id}` : `a ${noun}`;
}
