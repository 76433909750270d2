// Where things belong: collections with their own fields, locations within locations, categories within categories. The rows are
// what the web app stores (contract: modules, inventory). What is above what is told by `parentId` alone: the apps leave the
// `path` of a location as it was when a location above it is renamed.
import { z } from "zod";
import {
  clearInput,
  colorInput,
  createdOutput,
  defineAppTable,
  defineTool,
  pageInput,
  pageOutput,
  patchOf,
  type ReadRecords,
  recordId,
  recordOutput,
  refuseInput,
  visibleText,
  type WriteRecords,
} from "../../lib/tool/authoring.ts";
import { idsWithin, pathTo, type TreeNode } from "./tree.ts";

/** Collections: each thing is in one. `schema` has the fields that its things have besides those of all things. */
export const collections = defineAppTable("inventory/collections", {
  record: "collection",
  fields: ["name", "description", "icon", "color", "schema", "order"],
  as: {
    schema: z.looseObject({
      fields: z.array(
        z.looseObject({ id: z.string(), name: z.string(), options: z.array(z.unknown()).optional() }),
      ),
    }),
  },
});

/** Locations: where things are. */
export const locations = defineAppTable("inventory/locations", {
  record: "location",
  fields: ["parentId", "name", "description", "icon", "path", "depth", "order"],
});

/** Categories: what things are. */
export const categories = defineAppTable("inventory/categories", {
  record: "category",
  fields: ["parentId", "name", "icon", "color", "order"],
});

const Kind = z.enum(["collection", "location", "category"]);
const PlaceId = recordId("place", "inventory.places");

/** Lists one of the three. */
export const listPlaces = defineTool({
  name: "inventory.places",
  title: "List collections, locations or categories",
  access: "read",
  description:
    "List where things can belong: the collections, with the fields that their things have besides (`schema`); the " +
    "locations, or the categories, which lie within each other by `parentId`.",
  input: z.object({ kind: Kind, ...pageInput({ most: 200, usual: 100 }) }),
  output: z.object({
    places: z.array(
      recordOutput(collections).omit({ order: true }).extend({
        parentId: z.string().nullable().optional(),
      }),
    ),
    ...pageOutput,
  }),
  async run(input, { records }) {
    const inOrder = {
      order: [{ field: "order", missing: 0 }, { field: "createdAt", missing: "" }],
      page: input,
    } as const;
    if (input.kind === "collection") {
      const { rows, ...end } = await records.list(collections, inOrder);
      return { places: [...rows], ...end };
    }
    if (input.kind === "category") {
      const { rows, ...end } = await records.list(categories, inOrder);
      return { places: [...rows], ...end };
    }
    const show = ["parentId", "name", "description", "icon"] as const;
    const { rows, ...end } = await records.list(locations, { ...inOrder, show });
    return { places: [...rows], ...end };
  },
});

/** Creates or changes one of the three. */
export const savePlace = defineTool({
  name: "inventory.save_place",
  title: "Save a collection, location or category",
  access: "write",
  description:
    "Create a collection, location or category (needs `name`), or change the one with `id`. Look with " +
    "{inventory.places} first.",
  input: z.object({
    kind: Kind,
    id: PlaceId.optional(),
    name: visibleText(200).optional(),
    parentId: PlaceId.optional().describe("the location or category around it"),
    description: z.string().max(2_000).optional(),
    icon: visibleText(40).optional(),
    color: colorInput.optional(),
    clear: clearInput(["parentId", "description"]),
  }),
  output: createdOutput.extend({ changed: z.boolean() }),
  async run({ kind, id, clear, ...input }, { records }) {
    const given = patchOf(input, clear);
    const names: readonly string[] = FIELDS[kind];
    const stranger = Object.keys(given).find((name) => !names.includes(name));
    if (stranger !== undefined) refuseInput(`${stranger}: a ${kind} has none`);
    if (kind === "collection") return await saveCollection(records, id, given);
    const around = await placesAround(
      records,
      kind === "location" ? locations : categories,
      given.parentId,
      id,
    );
    if (kind === "category") return await saveCategory(records, id, given);
    const path = around.map(({ name = "" }) => name).join("/");
    return await saveLocation(records, id, given, { path, depth: around.length });
  },
});

async function saveCollection(records: WriteRecords, id: string | undefined, given: Given): Promise<Saved> {
  if (id !== undefined) return { id, changed: (await records.update(collections, id, () => given)).changed };
  const values = { ...given, name: nameOf(given), schema: { fields: [] } };
  return { id: (await records.insert(collections, values, { lastBy: "order" })).id, changed: true };
}

async function saveCategory(records: WriteRecords, id: string | undefined, given: Given): Promise<Saved> {
  if (id !== undefined) return { id, changed: (await records.update(categories, id, () => given)).changed };
  const values = { ...given, name: nameOf(given) };
  return { id: (await records.insert(categories, values, { lastBy: "order" })).id, changed: true };
}

async function saveLocation(
  records: WriteRecords,
  id: string | undefined,
  given: Given,
  place: { readonly path: string; readonly depth: number },
): Promise<Saved> {
  if (id !== undefined) {
    const patch = given.parentId === undefined ? given : { ...given, ...place };
    return { id, changed: (await records.update(locations, id, () => patch)).changed };
  }
  const values = { ...given, ...place, name: nameOf(given) };
  return { id: (await records.insert(locations, values, { lastBy: "order" })).id, changed: true };
}

/**
 * The locations or categories around a new place of `id`, from the outermost to `parentId`, which has to exist. Throws Refused
 * `input-invalid` where `id` is among them: nothing would lead from the top to it any more.
 */
async function placesAround(
  records: ReadRecords,
  table: typeof locations | typeof categories,
  parentId: string | null | undefined,
  id: string | undefined,
): Promise<readonly Place[]> {
  if (typeof parentId !== "string") return [];
  const around = pathTo(await allPlaces(records, table), parentId);
  // Refuses a place that is not there in the words of all tools.
  if (around.length === 0) {
    await (table === locations ? records.get(locations, parentId) : records.get(categories, parentId));
  }
  if (around.some((place) => place.id === id)) refuseInput(`parentId: it lies within this ${table.record}`);
  return around;
}

/**
 * Sets values of a collection's own fields in those that a thing has. Throws Refused `input-invalid` for a field that the
 * collection has not, and for a word that is none of its options.
 */
export async function settingOfValues(
  records: ReadRecords,
  collectionId: string,
  given: readonly { readonly id: string; readonly value: string | number | boolean | null }[],
): Promise<(current: Readonly<Record<string, unknown>>) => Record<string, unknown>> {
  const { schema } = given.length === 0 ? {} : await records.get(collections, collectionId);
  for (const { id, value } of given) {
    const field = schema?.fields.find((one) => one.id === id);
    if (field === undefined) refuseInput(`fieldValues: the collection has no field with the id "${id}"`);
    if (value !== null && field.options?.includes(value) === false) {
      refuseInput(`fieldValues: "${id}" takes one of its options, see {inventory.places}`);
    }
  }
  return (current) => {
    const values = new Map(Object.entries(current));
    for (const { id, value } of given) {
      if (value === null) values.delete(id);
      else values.set(id, value);
    }
    return Object.fromEntries(values);
  };
}

/** A location or category and all that lie within it, at any depth. */
export async function placesWithin(
  records: ReadRecords,
  table: typeof locations | typeof categories,
  id: string | undefined,
): Promise<ReadonlySet<string> | null> {
  return id === undefined ? null : idsWithin(await allPlaces(records, table), id);
}

async function allPlaces(
  records: ReadRecords,
  table: typeof locations | typeof categories,
): Promise<ReadonlyMap<string, Place>> {
  const places = new Map<string, Place>();
  const keep = (place: Place) => void places.set(place.id, place);
  if (table === locations) await records.scan(locations, {}, keep);
  else await records.scan(categories, {}, keep);
  return places;
}

function nameOf({ name }: { readonly name?: string }): string {
  return name ?? refuseInput("name: a new one needs it");
}

const FIELDS = {
  collection: ["name", "description", "icon", "color"],
  location: ["name", "parentId", "description", "icon"],
  category: ["name", "parentId", "icon", "color"],
} as const;

/** What a call may give of the three. */
interface Given {
  readonly name?: string;
  readonly parentId?: string | null;
  readonly description?: string | null;
  readonly icon?: string;
  readonly color?: string;
}

interface Saved {
  readonly id: string;
  readonly changed: boolean;
}

interface Place extends TreeNode {
  readonly name?: string;
}
