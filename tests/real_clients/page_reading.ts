/** A model that, after the plan, reads the whole list of tasks: page by page, by the cursor that it was handed. */
import assert from "node:assert/strict";
import { z } from "zod";
import { PLAN, type PlannedCall } from "./plan.ts";
import type { Handed, PlayedCall } from "./models/played_model.ts";
import { IDS, OPEN_TASKS } from "./rows.ts";

const Page = z.object({
  tasks: z.array(z.looseObject({ id: z.string() })),
  hasMore: z.boolean(),
  nextCursor: z.string().optional(),
});
/** More pages than this are a loop. */
const MOST_PAGES = 40;

/** What the model calls next. */
export function planThenPages(
  nameOf: (server: PlannedCall["server"], tool: string) => string,
  argsOf = (args: PlannedCall["args"]) => args,
) {
  return (handed: readonly Handed[]): readonly PlayedCall[] => {
    const planned = PLAN[handed.length];
    if (planned !== undefined) {
      return [{ name: nameOf(planned.server, planned.tool), args: argsOf(planned.args) }];
    }
    const name = nameOf("mana", "todo_list");
    const read = handed.slice(PLAN.length);
    if (read.length === 0) return [{ name, args: { limit: 500 } }];
    const { success, data } = pageOf(read.at(-1));
    if (!success || !data.hasMore || read.length >= MOST_PAGES) return [];
    return [{ name, args: { limit: 500, cursor: data.nextCursor } }];
  };
}

/** Every open task once, whatever else was created meanwhile; the plan's deletion was done where the client `asks`. */
export function checkPages(handed: readonly Handed[], { asks }: { readonly asks: boolean }): void {
  const pages = handed.slice(PLAN.length).map(pageOf);
  assert.deepEqual(pages.filter(({ success }) => !success), []);
  assert.ok(pages.length > 1 && pages.length < MOST_PAGES, `${pages.length} pages`);
  const ids = pages.flatMap(({ data }) => data?.tasks.map(({ id }) => id) ?? []);
  assert.equal(new Set(ids).size, ids.length, "a task came twice");
  const gone: string[] = [IDS.task, ...(asks ? [IDS.taskToDelete] : [])];
  const open = OPEN_TASKS.map(({ id }) => id).filter((id) => !gone.includes(id));
  assert.deepEqual(open.filter((id) => !ids.includes(id)), []);
}

function pageOf(handed: Handed | undefined): z.ZodSafeParseResult<z.infer<typeof Page>> {
  const text = handed === undefined || "failed" in handed ? "" : handed.text;
  return z.string().transform((json, context) => {
    try {
      return Page.parse(JSON.parse(json));
    } catch {
      context.addIssue({ code: "custom", message: `no page: ${json.slice(0, 200)}` });
      return z.NEVER;
    }
  }).safeParse(text);
}
