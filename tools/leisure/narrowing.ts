// By what a person can narrow an app within the modules of leisure. Saved articles are of no table that the Mana apps still have.
import { type ModuleNarrowing, readable } from "../../lib/tool/authoring.ts";

/** By module. */
export const LEISURE_NARROWING: Readonly<Record<string, ModuleNarrowing>> = {
  library: {
    collection: "library/libraryEntries",
    tables: ["library/libraryEntries"],
    tags: { kind: "words", field: "genres" },
    fieldChoices: [{
      name: "titles",
      label: "titles and ratings, not the reviews and tags",
      fields: readable("library/libraryEntries", { open: ["title", "originalTitle", "creators"] }),
    }],
  },
  recipes: {
    collection: "recipes/recipes",
    tables: ["recipes/recipes"],
    tags: { kind: "words", field: "tags" },
    fieldChoices: [{
      name: "titles",
      label: "titles and how long they take, not ingredients and steps",
      fields: readable("recipes/recipes", { open: ["title"] }),
    }],
  },
  firsts: {
    collection: "firsts/firsts",
    tables: ["firsts/firsts"],
    fieldChoices: [{
      name: "titles",
      label: "titles and days, not what you wrote and with whom",
      fields: readable("firsts/firsts", {
        open: ["title"],
        not: ["personIds", "mediaIds", "audioNoteId", "placeId"],
      }),
    }],
  },
  lasts: {
    collection: "lasts/lasts",
    tables: ["lasts/lasts", "lasts/lastsCooldown"],
    fieldChoices: [{
      name: "titles",
      label: "titles and days, not what you wrote and with whom",
      fields: readable("lasts/lasts", {
        open: ["title"],
        not: ["inferredFrom", "tenderness", "personIds", "mediaIds", "audioNoteId", "placeId"],
      }),
    }],
  },
  augur: {
    collection: "augur/augurEntries",
    tables: ["augur/augurEntries"],
    since: { field: "encounteredAt" },
    fieldChoices: [{
      name: "claims",
      label: "signs and how they came out, not what you felt and noted",
      fields: readable("augur/augurEntries", {
        open: ["source", "claim"],
        not: ["relatedDreamId", "relatedDecisionId"],
      }),
    }],
  },
};
