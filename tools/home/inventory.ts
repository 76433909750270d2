// Things that a person owns: what assistants can do with them. The rows are what the web app stores (contract: modules,
// inventory). Where things belong is inventory_places.ts. The addresses of photos stay where they are.
import { z } from "zod";
import {
  changedOutput,
  choices,
  clearInput,
  createdOutput,
  dayInput,
  defineAppTable,
  defineDeletion,
  defineModule,
  defineResource,
  defineTool,
  demandReadable,
  filledFields,
  type Module,
  pageInput,
  pageOutput,
  patchOf,
  type ReadRecords,
  recordId,
  recordOutput,
  recordOutputOf,
  textFilter,
  textFilterInput,
  visibleText,
} from "../../lib/tool/authoring.ts";
import {
  categories,
  collections,
  listPlaces,
  locations,
  placesWithin,
  savePlace,
  settingOfValues,
} from "./inventory_places.ts";

const items = defineAppTable("inventory/items", {
  record: "thing",
  fields: [
    "name",
    "status",
    "quantity",
    "collectionId",
    "locationId",
    "categoryId",
    "tags",
    "description",
    "purchaseData",
    "fieldValues",
    "notes",
    "order",
  ],
});
const LISTED = ["name", "status", "quantity", "collectionId", "locationId", "categoryId", "tags"] as const;

const Id = recordId("thing", "inventory.list");
const CollectionId = recordId("collection", "inventory.places");
const LocationId = recordId("location", "inventory.places");
const CategoryId = recordId("category", "inventory.places");
const Status = choices("inventory/items", "status");

const fields = {
  name: visibleText(500),
  collectionId: CollectionId,
  locationId: LocationId.optional(),
  categoryId: CategoryId.optional(),
  status: Status.optional(),
  quantity: z.int().min(0).max(1e9).optional(),
  description: z.string().max(20_000).optional(),
  tags: z.array(visibleText(100)).max(50).optional(),
  purchaseData: z.object({
    price: z.number().min(0).max(1e12).optional(),
    currency: z.string().regex(/^[A-Z]{3}$/, "expected three letters such as EUR").optional(),
    date: dayInput.optional(),
    retailer: visibleText(200).optional(),
    warrantyExpiry: dayInput.optional(),
  }).strict().optional(),
  fieldValues: z.array(
    z.object({
      id: z.string().min(1).max(256),
      value: z.union([z.string().max(5_000), z.number(), z.boolean()]).nullable().describe(
        "null takes it away",
      ),
    }).strict(),
  ).max(100).optional().describe("values of the collection's own fields"),
  note: z.string().max(5_000).optional().describe("added to the notes, such as who has it"),
};

const list = defineTool({
  name: "inventory.list",
  title: "List things",
  access: "read",
  description:
    "List the person's things by collection, location, category, status or words. What lies within a location or " +
    "category counts as well. {inventory.places} names them, {inventory.read} gives the rest of a thing.",
  input: z.object({
    collectionId: CollectionId.optional(),
    locationId: LocationId.optional(),
    categoryId: CategoryId.optional(),
    status: Status.optional(),
    query: textFilterInput,
    ...pageInput({ most: 200, usual: 50 }),
  }),
  output: z.object({ things: z.array(recordOutputOf(items, LISTED)), ...pageOutput }),
  async run(input, { records }) {
    const at = await placesWithin(records, locations, input.locationId);
    const of = await placesWithin(records, categories, input.categoryId);
    const { rows, ...end } = await records.list(items, {
      where: (thing) =>
        (input.collectionId === undefined || thing.collectionId === input.collectionId) &&
        (input.status === undefined || thing.status === input.status) &&
        (at === null || at.has(thing.locationId ?? "")) && (of === null || of.has(thing.categoryId ?? "")),
      match: textFilter(input.query, ({ name, description, tags, notes }) => [
        name,
        description,
        tags,
        notes?.map(({ content }) => content),
      ]),
      show: LISTED,
      order: [
        { field: "collectionId", missing: "" },
        { field: "order", missing: 0 },
        { field: "createdAt", missing: "" },
      ],
      page: input,
    });
    return { things: [...rows], ...end };
  },
});

const read = defineTool({
  name: "inventory.read",
  title: "Read a thing",
  access: "read",
  description:
    "Read all that is stored of a thing: description, purchase, notes, the fields of its collection.",
  input: z.object({ id: Id }),
  output: z.object({ thing: recordOutput(items) }),
  async run({ id }, { records }) {
    return { thing: await records.get(items, id) };
  },
});

const create = defineTool({
  name: "inventory.create",
  title: "Add a thing",
  access: "write",
  description:
    "Add a thing to a collection. {inventory.places} lists collections, {inventory.save_place} makes one.",
  input: z.object(fields),
  output: createdOutput,
  async run({ collectionId, name, ...input }, { now, records }) {
    const { fieldValues = [], note, ...given } = filledFields(input);
    await demandPlaces(records, { collectionId, ...given });
    const { id } = await records.insert(items, {
      collectionId,
      name,
      ...given,
      fieldValues: (await settingOfValues(records, collectionId, fieldValues))({}),
      notes: note === undefined ? [] : [{ id: records.newId(), content: note, createdAt: now }],
    }, { lastBy: "order" });
    return { id };
  },
});

const update = defineTool({
  name: "inventory.update",
  title: "Change a thing",
  access: "write",
  description:
    "Change a thing: its id and only the fields to change. Members of `purchaseData` that are not given stay. What is " +
    "lent has the status `lent` and a `note` on who has it.",
  input: z.object({
    id: Id,
    ...z.object(fields).partial().shape,
    clear: clearInput(["locationId", "categoryId", "description", "purchaseData"]),
  }),
  output: changedOutput,
  async run({ id, clear, ...input }, { now, records }) {
    const { fieldValues, note, purchaseData, ...given } = patchOf(input, clear);
    await demandPlaces(records, given);
    const { collectionId = "" } = { ...await records.get(items, id), ...given };
    const setValues = await settingOfValues(records, collectionId, fieldValues ?? []);
    const { changed } = await records.update(items, id, (current) => {
      // What is completed has to be there to be completed: a list that cannot be read would be lost.
      demandReadable(items, current, [
        ...(note === undefined ? [] : ["notes"]),
        ...(fieldValues === undefined ? [] : ["fieldValues"]),
        ...(purchaseData ? ["purchaseData"] : []),
      ]);
      const { notes = [], purchaseData: purchase } = current;
      return {
        ...given,
        ...(fieldValues === undefined ? {} : { fieldValues: setValues(current.fieldValues ?? {}) }),
        ...(purchaseData === undefined
          ? {}
          : { purchaseData: purchaseData === null ? null : { ...purchase, ...purchaseData } }),
        ...(note === undefined
          ? {}
          : { notes: [...notes, { id: records.newId(), content: note, createdAt: now }] }),
      };
    });
    return { ok: true as const, changed };
  },
});

const remove = defineDeletion(items, {
  name: "inventory.delete",
  title: "Delete a thing",
  listedBy: "inventory.list",
  titleOf: ({ name }) => name,
  alsoInstead: "What the person no longer has gets the status `disposed` by {inventory.update}.",
});

/** Throws Refused `record-not-found` for a place that is not there. */
async function demandPlaces(
  records: ReadRecords,
  { collectionId, locationId, categoryId }: {
    readonly collectionId?: string | undefined;
    readonly locationId?: string | null | undefined;
    readonly categoryId?: string | null | undefined;
  },
): Promise<void> {
  if (collectionId !== undefined) await records.get(collections, collectionId);
  if (typeof locationId === "string") await records.get(locations, locationId);
  if (typeof categoryId === "string") await records.get(categories, categoryId);
}

/** Inventory. */
export const inventoryModule: Module = defineModule({
  name: "inventory",
  label: "Inventory",
  nouns: ["belongings"],
  group: "Home",
  spaceTypes: ["personal"],
  tools: [list, read, create, update, remove, listPlaces, savePlace],
  writes: [items, collections, locations, categories],
  resource: defineResource({ module: "inventory", title: "Things", table: items }),
});
