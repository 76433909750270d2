// What apps did, as the sign-in server's pages ask for it. What is answered is for history/. Contract: auth-vault, section 13.

import { z } from "zod";
import { Refused } from "../kit/errors.ts";
import { MAX_CALL_ID_CHARS } from "../history/call_id.ts";
import type { History } from "../history/history.ts";
import { definePersonAction, type PersonAction } from "./person_action.ts";

/** The actions of the time line. */
export function activityActions(history: History): readonly PersonAction[] {
  return [
    definePersonAction({
      name: "activity",
      kind: "page",
      input: ActivityInput,
      run({ app = null, module = null, ...question }, { caller, signal }) {
        const modules = module === null ? question.modules : withinModules(question.modules, module);
        return history.activity({ ...question, app, modules }, caller, signal);
      },
    }),
    definePersonAction({
      name: "activity/call",
      kind: "page",
      input: CallInput,
      async run(question, { caller, signal }) {
        const call = await history.call(question, caller, signal);
        if (call === null) throw new Refused({ reason: "call-unknown" });
        return call;
      },
    }),
  ];
}

/** The module that is asked for, where the person may be shown it. */
function withinModules(modules: readonly string[] | null, module: string): readonly string[] {
  return modules === null || modules.includes(module) ? [module] : [];
}

/** A day that the calendar has; later than any that a stamp can have is refused. */
export const TIME = z.iso.datetime().transform((text) => Date.parse(text));
/** The key of an app. */
export const APP_KEY = z.string().max(1_024);
/** The keys of the apps that a person knows. */
export const APP_KEYS = z.array(APP_KEY).max(200);
/** The name of a module. */
export const MODULE = z.string().max(64);
const Modules = z.array(MODULE).max(200).nullable();

const ActivityInput = z.strictObject({
  apps: APP_KEYS,
  modules: Modules,
  since: TIME,
  until: TIME,
  app: APP_KEY.optional(),
  module: MODULE.optional(),
}).refine(({ since, until }) => since < until, { path: ["until"] });

const CallInput = z.strictObject({
  call: z.string().min(1).max(MAX_CALL_ID_CHARS),
  apps: APP_KEYS.default([]),
  modules: Modules,
  since: TIME,
});
