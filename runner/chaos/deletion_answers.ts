// Deletes, and answers the question whether that is meant with no, yes, nothing, or so late that the answer may no longer count.
import type { Wish } from "../brain/brain.ts";
import { CARRIED_OUT, type Misdeed, refused } from "./misdeed.ts";

/** A person who is not sure. An app that asks on the person's page is told `approval-needed` instead of `asked`: see the check. */
export const DELETION_ANSWERS: Misdeed = {
  name: "deletion-answers",
  weight: 1,
  tools: ["todo_delete", "notes_delete", "habits_delete"],
  wishes: ({ random, rows }) => {
    const { module, tool } = random.pick([
      { module: "todo", tool: "todo_delete" },
      { module: "notes", tool: "notes_delete" },
      { module: "habits", tool: "habits_delete" },
    ]);
    const [row] = rows(module);
    if (row === undefined) return [];
    const answer = random.pick(ANSWERS);
    return [{ tool, args: { id: row.id }, answer, expects: RIGHT[answer] }];
  },
};

type Answer = NonNullable<Wish["answer"]>;

const ANSWERS: readonly [Answer, ...Answer[]] = ["no", "yes", "nothing", "late"];

/** Late is in time: the runner answers late enough to be late for a person, and long before the question closes. */
const RIGHT: Readonly<Record<Answer, NonNullable<Wish["expects"]>>> = {
  no: refused("confirmation-declined"),
  yes: CARRIED_OUT,
  nothing: refused("asked"),
  late: CARRIED_OUT,
};
