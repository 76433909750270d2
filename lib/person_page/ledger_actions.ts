// What apps were handed, as the sign-in server's pages ask for it. What is answered is for history/handed/. Contract: auth-vault, section
// 13.
import { z } from "zod";
import type { Handed } from "../history/handed/handed.ts";
import { APP_KEY, APP_KEYS, MODULE, TIME } from "./activity_actions.ts";
import { definePersonAction, type PersonAction } from "./person_action.ts";

/** The actions of the ledger. They show, and change nothing. */
export function ledgerActions(handed: Handed): readonly PersonAction[] {
  return [
    definePersonAction({
      name: "ledger/seen",
      kind: "page",
      input: SeenInput,
      run: ({ app = null, module = null, ...question }, { caller, signal }) =>
        handed.seen({ ...question, app, module }, caller, signal),
    }),
    definePersonAction({
      name: "ledger/export",
      kind: "page",
      input: z.strictObject({ after: z.string().max(MAX_PLACE_CHARS).nullable() }),
      run: ({ after }, { caller, signal }) => handed.lines(after, caller, signal),
    }),
  ];
}

/** Characters of a place in the ledger: an instant, and the service's name of a change. */
const MAX_PLACE_CHARS = 2_048;

const SeenInput = z.strictObject({
  apps: APP_KEYS,
  since: TIME,
  until: TIME,
  app: APP_KEY.optional(),
  module: MODULE.optional(),
}).refine(({ since, until }) => since < until, { path: ["until"] });
