// The actions of the page on which a person allows or refuses what an app asks for.
import { z } from "zod";
import type { Decisions } from "../approvals/decide.ts";
import { definePersonAction, type PersonAction } from "./person_action.ts";

/** The actions over what waits for the person. */
export function approvalActions(decisions: Decisions): readonly PersonAction[] {
  return [
    definePersonAction({
      name: "approvals/list",
      kind: "page",
      input: z.strictObject({}),
      run: async (_, { caller, signal }) => ({ approvals: await decisions.list(caller, signal) }),
    }),
    definePersonAction({
      name: "approvals/read",
      kind: "page",
      input: z.strictObject({ id: ApprovalId }),
      run: async ({ id }, { caller, signal }) => ({ approval: await decisions.read(caller, id, signal) }),
    }),
    definePersonAction({
      name: "approvals/decide",
      kind: "decision",
      input: z.strictObject({
        id: ApprovalId,
        diff: z.string().regex(/^[0-9a-f]{64}$/),
        decision: z.enum(["yes", "no"]),
        shownAt: z.iso.datetime(),
        grant: z.strictObject({
          isLive: z.boolean(),
          scope: z.string(),
          // As introspection tells it; absent where the scopes alone rule.
          authorization_details: z.unknown().optional(),
        }).nullable(),
      }),
      run: async ({ shownAt, ...decision }, { caller, signal }) => ({
        approval: await decisions.decide(caller, { ...decision, shownAt: Date.parse(shownAt) }, signal),
      }),
    }),
  ];
}

/** Any id: one that is none is unknown, as one that is somebody else's. */
const ApprovalId = z.string().max(64);
