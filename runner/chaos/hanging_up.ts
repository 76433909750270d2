// Hangs up in the middle of a call. Whether the call was carried out is not known, so nothing is expected of it but that the next one works.
import { signed } from "../behaviours/sign_off.ts";
import type { Row } from "../behaviours/behaviour.ts";
import { CARRIED_OUT, type Misdeed } from "./misdeed.ts";

const TITLE = "cut off";

/** Whether a record is of such a call: it may be there or not, so what a persona does must not depend on it. */
export function isOfHangingUp(row: Row, name: string): boolean {
  return row.title === signed(TITLE, name);
}

/** A call without anybody who waits for its answer. */
export const HANGING_UP: Misdeed = {
  name: "hanging-up",
  weight: 2,
  tools: ["notes_create", "notes_search"],
  wishes: ({ name }) => [
    {
      tool: "notes_create",
      args: { title: signed(TITLE, name) },
      mischief: { kind: "hang-up" },
      expects: { result: "any" },
    },
    { tool: "notes_search", args: { limit: 5 }, expects: CARRIED_OUT },
  ],
};
