// A token that is not good any more.
import { type Misdeed, refused } from "./misdeed.ts";

/** A token whose signature does not fit. */
export const STALE_TOKEN: Misdeed = {
  name: "stale-token",
  weight: 2,
  tools: ["notes_search"],
  wishes: () => [{
    tool: "notes_search",
    args: {},
    mischief: { kind: "stale-token" },
    expects: refused("token-signature"),
  }],
};
