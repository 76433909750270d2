// The tables of questions that the person asks themselves: collections, questions, answers (contract: modules, questions).
import { defineAppTable, recordId } from "../../lib/tool/authoring.ts";

/** Collections of questions. */
export const collections = defineAppTable("questions/collections", {
  record: "collection",
  fields: ["name"],
});

/** What the person wants to find out. */
export const questions = defineAppTable("questions/questions", {
  record: "question",
  fields: ["title", "description", "status", "priority", "tags", "collectionId", "researchDepth"],
});

/** Answers to questions, of which one may be accepted. */
export const answers = defineAppTable("questions/answers", {
  record: "answer",
  fields: ["questionId", "content", "isAccepted", "rating", "citations"],
});

/** Inputs of several tools. */
export const QuestionId = recordId("question", "questions.list");
export const AnswerId = recordId("answer", "questions.read");
