// Places that people saved before the Mana apps took the module out: to be read, since no app shows them any more. Written by hand,
// because tools/tables.json has the tables of today alone (contract: catalogue, places).
import { z } from "zod";
import {
  ALL_SPACE_TYPES,
  defineModule,
  defineTable,
  defineTool,
  type Module,
  pageInput,
  pageOutput,
  recordOutput,
  textFilter,
  textFilterInput,
} from "../../lib/tool/authoring.ts";

const places = defineTable({
  app: "places",
  name: "places",
  record: "saved place",
  row: z.object({
    name: z.string(),
    description: z.string().nullable().optional(),
    address: z.string().nullable().optional(),
    category: z.string().nullable().optional(),
    latitude: z.number().nullable().optional(),
    longitude: z.number().nullable().optional(),
    isFavorite: z.boolean().default(false),
    isArchived: z.boolean().default(false),
    visitCount: z.number().nullable().optional(),
    lastVisitedAt: z.string().nullable().optional(),
  }),
  encrypted: ["name", "description", "address"],
});

const list = defineTool({
  name: "places.list",
  title: "List saved places",
  access: "read",
  description: "List the places that the person saved long ago, favourites first. They can only be read.",
  input: z.object({
    query: textFilterInput,
    category: z.string().max(40).optional().describe("such as home, work, food"),
    includeArchived: z.boolean().default(false),
    ...pageInput({ most: 200, usual: 50 }),
  }),
  output: z.object({ places: z.array(recordOutput(places)), ...pageOutput }),
  async run(input, { records }) {
    const match = textFilter<{ name?: unknown; description?: unknown; address?: unknown }>(
      input.query,
      ({ name, description, address }) => [name, description, address],
    );
    const { rows, ...end } = await records.list(places, {
      where: ({ category, isArchived }) =>
        (input.includeArchived || isArchived !== true) &&
        (input.category === undefined || category === input.category),
      ...(match === undefined ? {} : { match }),
      order: [
        { field: "isFavorite", direction: "descending", missing: false },
        { field: "createdAt", direction: "descending", missing: "" },
      ],
      page: input,
    });
    return { places: [...rows], ...end };
  },
});

/** Saved places of earlier versions. */
export const placesModule: Module = defineModule({
  name: "places",
  label: "Saved places",
  nouns: ["place"],
  group: "Home",
  spaceTypes: ALL_SPACE_TYPES,
  tools: [list],
});
