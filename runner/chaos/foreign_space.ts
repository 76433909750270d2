// A space that is somebody else's, or nobody's: both are answered alike, so that nobody learns which spaces there are.
import { signed } from "../behaviours/sign_off.ts";
import { type Misdeed, refused } from "./misdeed.ts";

/** A foreign id in the header, and as an argument. */
export const FOREIGN_SPACE: Misdeed = {
  name: "foreign-space",
  weight: 2,
  tools: ["notes_create", "notes_search"],
  wishes: ({ random, name }) => {
    const space = random.pick(["T6anIJ0ofjGqqui96Ng7m9ck8L2DlnLZ", "00000000-0000-4000-8000-000000000000"]);
    return [
      {
        tool: "notes_create",
        args: { title: signed("mine?", name) },
        space,
        expects: refused("space-not-member"),
      },
      { tool: "notes_search", args: { space }, expects: refused("space-unknown") },
    ];
  },
};
