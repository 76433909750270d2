// By what a person can narrow an app within the modules of the home. Saved places are of no table that the Mana apps still have.
import { type ModuleNarrowing, readable } from "../../lib/tool/authoring.ts";

/** By module. */
export const HOME_NARROWING: Readonly<Record<string, ModuleNarrowing>> = {
  inventory: {
    collection: "inventory/items",
    tables: ["inventory/items", "inventory/collections", "inventory/locations", "inventory/categories"],
    tags: { kind: "words", field: "tags" },
    fieldChoices: [{
      name: "names",
      label: "names, numbers and places, not prices, notes and photos",
      fields: {
        ...readable("inventory/items", { not: ["fieldValues", "purchaseData", "photos", "notes"] }),
        ...readable("inventory/collections", { not: ["description", "schema"] }),
        ...readable("inventory/locations", { not: ["description"] }),
      },
    }],
  },
  storage: {
    collection: "storage/files",
    tables: ["storage/files", "storage/folders"],
    fieldChoices: [{
      name: "kinds",
      label: "kinds and sizes, no names",
      fields: {
        ...readable("storage/files", { not: ["storagePath", "storageKey", "checksum", "thumbnailPath"] }),
        ...readable("storage/folders", { not: ["name", "description", "path"] }),
      },
    }],
  },
  photos: {
    collection: "photos/albums",
    tables: ["photos/albums", "photos/albumItems"],
    fieldChoices: [{
      name: "albums",
      label: "the albums, not their descriptions",
      fields: readable("photos/albums", { not: ["description", "autoGenerateValue"] }),
    }],
  },
};
