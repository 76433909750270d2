// The tools that reading resources runs, so that policy, scopes, limits, log and metrics are those of any call.
import { z } from "zod";
import { MAX_COMPLETIONS, MAX_OFFERED_TITLES } from "../kit/limits.ts";
import type { Resource } from "../tool/define_resource.ts";
import { defineTool, type Tool } from "../tool/define_tool.ts";

/** The reads of one module. They stand in a registry of their own: nobody can list them or call them by name. */
export interface ResourceTools {
  readonly resource: Resource;
  readonly collection: Tool;
  readonly record: Tool;
  readonly complete: Tool;
  /** Null where the module offers no titles. */
  readonly titles: Tool | null;
}

const Row = z.looseObject({ id: z.string() });

/** Creates the reads of one module. */
export function createResourceTools(resource: Resource): ResourceTools {
  const { module, title } = resource;
  return Object.freeze({
    resource,
    collection: defineTool({
      name: `${module}.collection`,
      title,
      access: "read",
      description: "Every record of the module in one space.",
      input: z.object({}),
      output: z.object({ records: z.array(Row), hasMore: z.boolean(), unreadable: z.number() }),
      async run(_input, { records }) {
        const { records: rows, ...rest } = await resource.list(records);
        return { ...rest, records: rows.map((row) => Row.parse(row)) };
      },
    }),
    record: defineTool({
      name: `${module}.record`,
      title,
      access: "read",
      description: "One record of the module.",
      input: z.object({ id: z.string() }),
      output: z.object({ record: Row }),
      async run({ id }, { records }) {
        return { record: Row.parse(await resource.get(records, id)) };
      },
    }),
    complete: defineTool({
      name: `${module}.complete`,
      title,
      access: "read",
      description: "Ids of records that begin alike.",
      input: z.object({ prefix: z.string() }),
      output: z.object({ ids: z.array(z.string()), total: z.number() }),
      async run({ prefix }, { records }) {
        const { ids, total } = await resource.ids(records, prefix, MAX_COMPLETIONS);
        return { ids: [...ids], total };
      },
    }),
    titles: createTitles(resource),
  });
}

/** The tool that opens titles. Its name ends in `.titles`, by which the policy finds its own limit. */
function createTitles({ module, title, titles }: Resource): Tool | null {
  if (titles === undefined) return null;
  return defineTool({
    name: `${module}.titles`,
    title,
    access: "read",
    description: "Titles of records that begin alike.",
    input: z.object({ begin: z.string() }),
    output: z.object({ titles: z.array(z.string()) }),
    async run({ begin }, { records }) {
      return { titles: [...await titles(records, begin, MAX_OFFERED_TITLES)] };
    },
  });
}
