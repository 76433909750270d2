// Which ratings of a mind are posted: one that does not hold would cost all the others, since a request is stored whole or not at all.
import type { Rating } from "../brain/brain.ts";
import { MAX_FEEDBACK } from "../personas_api/rows.ts";

/** The ratings that hold, the first of each module. */
export function fitting(ratings: readonly Rating[]): readonly Rating[] {
  const modules = new Set<string>();
  return ratings.filter(({ module, rating }) => {
    const holds = MODULE.test(module) && Number.isInteger(rating) && rating >= 1 && rating <= 5;
    if (!holds || modules.has(module)) return false;
    modules.add(module);
    return true;
  }).slice(0, MAX_FEEDBACK).map((rating) => ({ ...rating, notes: rating.notes.slice(0, MAX_NOTES) }));
}

const MODULE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const MAX_NOTES = 1000;
