// Writing drafts and their versions as they are stored, and what tools take of a briefing (contract: modules, writing).
import { z } from "zod";
import { choices, defineAppTable, visibleText } from "../../lib/tool/authoring.ts";

const Briefing = z.looseObject({
  topic: z.string(),
  audience: z.string().nullable().optional(),
  tone: z.string().nullable().optional(),
  language: z.string().default("de"),
  extraInstructions: z.string().nullable().optional(),
});

/** A draft has at least one version, and points at it. */
export const drafts = defineAppTable("writing/writingDrafts", {
  record: "draft",
  fields: ["kind", "status", "title", "briefing", "currentVersionId", "isFavorite"],
  as: { briefing: Briefing },
});
/** The texts of drafts. */
export const versions = defineAppTable("writing/writingDraftVersions", {
  record: "version",
  fields: ["draftId", "versionNumber", "content", "wordCount", "parentVersionId", "summary", "isAiGenerated"],
  isPart: true,
});

/** What a draft is. */
export const Kind = choices("writing/writingDrafts", "kind");
/** What a tool takes of a briefing. */
export const BRIEFING = {
  topic: visibleText(2_000).optional().describe("what it is about"),
  audience: z.string().max(500).optional(),
  tone: z.string().max(500).optional(),
  language: z.string().min(2).max(20).optional().describe("such as de or en"),
  extraInstructions: z.string().max(5_000).optional(),
};

/** The text of a version. */
export const Text = z.string().max(200_000).describe("Markdown");

/** Usual lengths in words (contract: modules, writing, rule 3). */
export const WORDS: Readonly<Record<z.infer<typeof Kind>, number>> = Object.freeze({
  "blog": 800,
  "essay": 1_500,
  "email": 180,
  "social": 80,
  "story": 1_200,
  "letter": 350,
  "speech": 600,
  "cover-letter": 400,
  "product-description": 220,
  "press-release": 450,
  "bio": 120,
  "other": 500,
});

/** Words between white space, as the app counts them. */
export function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => word !== "").length;
}
