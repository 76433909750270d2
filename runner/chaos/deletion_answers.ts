// Deletes, and answers the question whether that is meant with no, yes, nothing, or so late that the answer may no longer count.
import type { Wish } from "../brain/brain.ts";
import { CARRIED_OUT, type Misdeed, refused } from "./misdeed.ts";

/** A person who is not sure. Of an app that asks on the person's page, the page's answer counts, so nothing is expected of the form's. */
export const DELETION_ANSWERS: Misdeed = {
  name: "deletion-answers",
  weight: 1,
  tools: ["todo_delete", "notes_delete", "habits_delete"],
  wishes: ({ random, rows, asksFirst }) => {
    const { module, tool } = random.pick([
      { module: "todo", tool: "todo_delete" },
      { module: "notes", tool: "notes_delete" },
      { module: "habits", tool: "habits_delete" },
    ]);
    const [row] = rows(module);
    if (row === undefined) return [];
    const answer = random.pick(ANSWERS);
    const wish: Wish = { tool, args: { id: row.id }, answer };
    return [asksFirst ? { ...wish, expects: { result: "any" } } : { ...wish, expects: RIGHT[answer] }];
  },
};

type Answer = NonNullable<Wish["answer"]>;

const ANSWERS: readonly [Answer, ...Answer[]] = ["no", "yes", "nothing", "late"];

const RIGHT: Readonly<Record<Answer, NonNullable<Wish["expects"]>>> = {
  no: refused("confirmation-declined"),
  yes: CARRIED_OUT,
  nothing: refused("asked"),
  late: CARRIED_OUT,
};
