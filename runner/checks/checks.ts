// Everything that must hold after a call, one check a file. A check looks at the answer, or asks the gateway again; what it finds it tells
// in fixed words, never with a value. What it asks is a real call, whose own answer has to hold too.
import type { Called, Day, Violation } from "../brain/brain.ts";
import { checkAnswer } from "./answer.ts";
import type { Checks, Look } from "./check.ts";
import { checkGone } from "./gone.ts";
import { checkReadBack } from "./read_back.ts";
import { checkRightAnswer } from "./right_answer.ts";
import { createSeen, type Seen } from "./seen.ts";
import { checkSpacesApart } from "./spaces_apart.ts";
import { checkWhose } from "./whose.ts";

/** Creates the checks. They keep nothing. */
export function createChecks(): Checks {
  return Object.freeze({
    begin: (day: Day) => ({
      async after(called: Omit<Called, "violations">, look: Look) {
        const found: Violation[] = [];
        const watched: Look = async (wish) => {
          const outcome = await look(wish);
          found.push(...atOnce(createSeen(day, { wish, outcome }, look)));
          return outcome;
        };
        const seen = createSeen(day, called, watched);
        found.push(...atOnce(seen));
        // One after the other: the same seed leaves the same rows.
        for (const check of ASKING) found.push(...await check(seen));
        return found;
      },
    }),
  });
}

/** What the answer alone tells. */
function atOnce(seen: Seen): readonly Violation[] {
  return [...checkAnswer(seen), ...checkRightAnswer(seen), ...checkWhose(seen)];
}

/** What asks again. */
const ASKING = [checkReadBack, checkGone, checkSpacesApart];
