// By what a person can narrow an app within the modules of the studio.
import { type ModuleNarrowing, readable } from "../../lib/tool/authoring.ts";

/** By module. */
export const STUDIO_NARROWING: Readonly<Record<string, ModuleNarrowing>> = {
  writing: {
    collection: "writing/writingDrafts",
    tables: ["writing/writingDrafts", "writing/writingDraftVersions"],
    fieldChoices: [{
      name: "titles",
      label: "titles and how far they are, not the texts",
      fields: {
        ...readable("writing/writingDrafts", { open: ["title"], not: ["publishedTo"] }),
        ...readable("writing/writingDraftVersions", {}),
      },
    }],
  },
  presi: {
    collection: "presi/decks",
    tables: ["presi/decks", "presi/slides"],
    fieldChoices: [{
      name: "titles",
      label: "titles and how many slides, not what is on them",
      fields: { ...readable("presi/decks", { open: ["title"] }), ...readable("presi/slides", {}) },
    }],
  },
  website: {
    collection: "website/websites",
    tables: ["website/websites", "website/websitePages", "website/websiteBlocks"],
    fieldChoices: [{
      name: "pages",
      label: "names of sites and pages, not what is on them",
      fields: {
        ...readable("website/websites", { not: ["footerConfig", "settings"] }),
        ...readable("website/websitePages", { not: ["seo"] }),
        ...readable("website/websiteBlocks", { not: ["props"] }),
      },
    }],
  },
  forms: {
    collection: "forms/forms",
    tables: ["forms/forms", "forms/formResponses"],
    alsoSince: { "forms/formResponses": "submittedAt" },
    fieldChoices: [{
      name: "counts",
      label: "titles and how many answered, not who and what",
      fields: {
        ...readable("forms/forms", { open: ["title"] }),
        ...readable("forms/formResponses", { not: ["syncedTargets", "cohort"] }),
      },
    }],
  },
  broadcasts: {
    collection: "broadcasts/broadcastCampaigns",
    tables: ["broadcasts/broadcastCampaigns", "broadcasts/broadcastSettings"],
    fieldChoices: [{
      name: "subjects",
      label: "names and subjects, not the texts and who gets them",
      fields: {
        ...readable("broadcasts/broadcastCampaigns", { open: ["name", "subject"] }),
        ...readable("broadcasts/broadcastSettings", {}),
      },
    }],
  },
  mail: {
    collection: "mail/mailDrafts",
    tables: ["mail/mailDrafts"],
    fieldChoices: [{
      name: "subjects",
      label: "subjects, not the texts and to whom",
      fields: readable("mail/mailDrafts", { open: ["subject"], not: ["accountId", "replyToMessageId"] }),
    }],
  },
  chat: {
    collection: "chat/conversations",
    tables: ["chat/conversations", "chat/messages"],
    fieldChoices: [{
      name: "titles",
      label: "titles, not what was said",
      fields: { ...readable("chat/conversations", { open: ["title"] }), ...readable("chat/messages", {}) },
    }],
  },
  missions: {
    collection: "ai/aiMissions",
    tables: ["ai/aiMissions"],
    fieldChoices: [{
      name: "titles",
      label: "titles and how they stand, not the tasks and reports",
      fields: readable("ai/aiMissions", { open: ["title"], not: ["inputs", "iterations", "grant"] }),
    }],
  },
};
