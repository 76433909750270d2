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
const Time = z.iso.datetime().transform((text) => Date.parse(text));
const AppKey = z.string().max(1_024);
const Modules = z.array(z.string().max(64)).max(200).nullable();
const Apps = z.array(AppKey).max(200);

const ActivityInput = z.strictObject({
  apps: Apps,
  modules: Modules,
  since: Time,
  until: Time,
  app: AppKey.optional(),
  module: z.string().max(64).optional(),
}).refine(({ since, until }) => since < until, { path: ["until"] });

const CallInput = z.strictObject({
  call: z.string().min(1).max(MAX_CALL_ID_CHARS),
  apps: Apps.default([]),
  modules: Modules,
  since: Time,
});
