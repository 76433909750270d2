// Characters that are odd, and right: they are stored as they came. And some that no store can hold.
import { signed } from "../behaviours/sign_off.ts";
import { CARRIED_OUT, type Misdeed, refused } from "./misdeed.ts";

/** Odd characters that are text all the same. */
export const ODD_UNICODE: Misdeed = {
  name: "odd-unicode",
  weight: 2,
  tools: ["notes_create"],
  wishes: ({ random, name }) => {
    const odd = random.pick([
      "a\u0301\u0301\u0301 stacked",
      "👩‍👩‍👧‍👦🏳️‍🌈 family",
      "\u202eright to left\u202c",
      "﷽ one character wide as a line",
      "ⅷ ﬁ ß İ ı",
      "zero\u200bwidth",
    ]);
    return [{
      tool: "notes_create",
      args: { title: signed(odd, name), content: signed(`${odd} `.repeat(400), name) },
      expects: CARRIED_OUT,
    }];
  },
};

/** Control characters and half of a surrogate pair. */
export const CONTROL_CHARACTERS: Misdeed = {
  name: "control-characters",
  weight: 2,
  tools: ["notes_create"],
  wishes: ({ random, name }) => {
    const { title, code } = random.pick([
      { title: "a\u0000b", code: "value-not-storable" },
      { title: "half \ud83d", code: "input-invalid" },
      { title: "\u200b\u00a0", code: "input-invalid" },
    ]);
    const own = code === "value-not-storable" ? signed(title, name) : title;
    return [{ tool: "notes_create", args: { title: own }, expects: refused(code) }];
  },
};
