// Thirty-five writes without a pause. The gateway takes what its limit of a minute allows, and refuses the rest as too many; never otherwise.
// Nothing is said of which are refused: the runner may be slower than a minute, and the operator's limit another one.
import { atMost, type Misdeed } from "./misdeed.ts";

/** More than the usual limit of a minute. */
const WRITES = 35;

/** A flood of writes to one record. */
export const FLOOD: Misdeed = {
  name: "flood",
  weight: 6,
  tools: ["notes_update"],
  calls: WRITES,
  wishes: ({ rows }) => {
    const [row] = rows("notes");
    if (row === undefined) return [];
    return Array.from({ length: WRITES }, (_, index) => ({
      tool: "notes_update",
      args: { id: row.id, isPinned: index % 2 === 0 },
      expects: atMost("rate-limit-exceeded"),
    }));
  },
};
