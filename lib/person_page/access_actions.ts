// What the pages tell when the person has just changed what an app may do, so that it holds at once: nothing is believed of the person's
// apps that was found out before, here and at every other gateway. Decides nothing. Contract: auth-vault, section 13.
import { z } from "zod";
import type { AccessNews } from "../people/access_news.ts";
import { definePersonAction, type PersonAction } from "./person_action.ts";

/** `access/changed`. */
export function accessActions(news: Pick<AccessNews, "changedBy">): readonly PersonAction[] {
  return [
    definePersonAction({
      name: "access/changed",
      kind: "page",
      input: z.strictObject({}),
      run(_input, { caller }) {
        news.changedBy(caller.principal.subject);
        return Promise.resolve({});
      },
    }),
  ];
}
