// Golden rows of Home: inventory, storage, photos.
import { type GoldenRow, isId, isInstant, isNumber } from "../golden_row.ts";

const collection = { tool: "inventory_save_place", args: { kind: "collection", name: "Werkzeug" } };

/** See golden_row.ts. */
export const HOME: readonly GoldenRow[] = [
  {
    table: "inventory/collections",
    create: collection,
    row: {
      name: "Werkzeug",
      description: null,
      icon: null,
      color: null,
      schema: { fields: [] },
      templateId: null,
      order: isNumber,
      itemCount: 0,
    },
    update: {
      tool: "inventory_save_place",
      args: ([id]) => ({ kind: "collection", id, color: "#10b981" }),
    },
    fields: { color: "#10b981" },
  },
  {
    table: "inventory/locations",
    before: [{ tool: "inventory_save_place", args: { kind: "location", name: "Keller" } }],
    create: {
      tool: "inventory_save_place",
      args: ([parentId]) => ({ kind: "location", name: "Regal", parentId }),
    },
    row: { name: "Regal", parentId: isId, path: "Keller", depth: 1, order: isNumber },
    update: {
      tool: "inventory_save_place",
      args: ([, id]) => ({ kind: "location", id, clear: ["parentId"], description: "links" }),
    },
    fields: { parentId: null, path: "", depth: 0, description: "links" },
  },
  {
    table: "inventory/categories",
    create: { tool: "inventory_save_place", args: { kind: "category", name: "Elektro" } },
    row: { name: "Elektro", parentId: null, icon: null, color: null, order: isNumber },
    update: { tool: "inventory_save_place", args: ([id]) => ({ kind: "category", id, icon: "plug" }) },
    fields: { icon: "plug" },
  },
  {
    table: "inventory/items",
    before: [collection],
    create: {
      tool: "inventory_create",
      args: ([collectionId]) => ({
        name: "Bohrmaschine",
        collectionId,
        description: "mit Koffer",
        purchaseData: { price: 89.9, currency: "EUR" },
      }),
    },
    row: {
      name: "Bohrmaschine",
      collectionId: isId,
      locationId: null,
      categoryId: null,
      description: "mit Koffer",
      status: "owned",
      quantity: 1,
      fieldValues: {},
      purchaseData: { price: 89.9, currency: "EUR" },
      photos: [],
      notes: [],
      tags: [],
      order: isNumber,
    },
    update: {
      tool: "inventory_update",
      args: ([, id]) => ({ id, status: "lent", note: "bei Ben", purchaseData: { retailer: "Markt" } }),
    },
    fields: {
      status: "lent",
      notes: (notes: unknown) => {
        const [{ id, content, createdAt }] = Array.isArray(notes) ? notes : [{}];
        return isId(id) && content === "bei Ben" && isInstant(createdAt);
      },
      "purchaseData.retailer": "Markt",
    },
  },
];
