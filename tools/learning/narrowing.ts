// By what a person can narrow an app within the modules of learning.
import { type ModuleNarrowing, readable } from "../../lib/tool/authoring.ts";
import { BLOCKS } from "../day/narrowing.ts";

/** By module. */
export const LEARNING_NARROWING: Readonly<Record<string, ModuleNarrowing>> = {
  quiz: {
    collection: "quiz/quizzes",
    tables: ["quiz/quizzes", "quiz/questions", "quiz/attempts"],
    fieldChoices: [{
      name: "results",
      label: "titles and results, not questions and answers",
      fields: {
        ...readable("quiz/quizzes", { open: ["title"] }),
        ...readable("quiz/questions", {}),
        ...readable("quiz/attempts", { not: ["answers"] }),
      },
    }],
  },
  skilltree: {
    collection: "skilltree/activities",
    tables: ["skilltree/skills", "skilltree/activities", "timeblocks/timeBlocks"],
    since: { field: "timestamp" },
    fieldChoices: [{
      name: "levels",
      label: "skills, levels and when you practised, not what",
      fields: {
        ...readable("skilltree/skills", { not: ["description"] }),
        ...readable("skilltree/activities", { not: ["description"] }),
        ...BLOCKS.wordless,
      },
    }],
  },
  questions: {
    collection: "questions/questions",
    tables: ["questions/questions", "questions/answers", "questions/collections"],
    tags: { kind: "words", field: "tags" },
    fieldChoices: [{
      name: "titles",
      label: "questions, not the answers",
      fields: {
        ...readable("questions/questions", { open: ["title"] }),
        ...readable("questions/answers", { not: ["citations"] }),
      },
    }],
  },
  guides: {
    collection: "guides/guides",
    tables: ["guides/guides", "guides/sections", "guides/steps", "guides/runs", "timeblocks/timeBlocks"],
    fieldChoices: [{
      name: "titles",
      label: "titles of guides and steps, not the texts",
      fields: {
        ...readable("guides/guides", { open: ["title"] }),
        ...readable("guides/sections", { open: ["title"] }),
        ...readable("guides/steps", { open: ["title"] }),
        ...BLOCKS.titled,
      },
    }],
  },
};
