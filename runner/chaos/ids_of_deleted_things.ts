// Work on a record that the persona itself has deleted, or that never was. The first time it deletes one.
import { CARRIED_OUT, type Misdeed, refused } from "./misdeed.ts";

/** Ids that are none any more. */
export const IDS_OF_DELETED_THINGS: Misdeed = {
  name: "ids-of-deleted-things",
  weight: 3,
  tools: ["todo_complete", "todo_delete"],
  wishes: ({ random, rows, deleted }) => {
    const gone = deleted("todo").at(-1);
    const expects = refused("record-not-found");
    if (gone !== undefined) {
      return [{
        tool: random.pick(["todo_complete", "todo_delete"]),
        args: { id: gone },
        answer: "yes",
        expects,
      }];
    }
    const [row] = rows("todo");
    if (row === undefined) return [{ tool: "todo_complete", args: { id: "task-1" }, expects }];
    return [{ tool: "todo_delete", args: { id: row.id }, answer: "yes", expects: CARRIED_OUT }];
  },
};
