// A tool with a view, for tests of how views are listed and served. What the product's own views show is tested in a browser.
import { z } from "zod";
import { defineTool, type Tool } from "../../lib/tool/define_tool.ts";

/** A tool that reads nothing, and whose results the view of that name shows. */
export function viewTool(name: string, view?: string): Tool {
  return defineTool({
    name,
    title: name,
    access: "read",
    description: "A tool of the tests.",
    ...(view === undefined ? {} : { view }),
    input: z.object({}),
    output: z.object({ done: z.boolean() }),
    run: () => Promise.resolve({ done: true }),
  });
}
