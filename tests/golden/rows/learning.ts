// Golden rows of Learning.
import { type GoldenRow, isId, isInstant, isNumber } from "../golden_row.ts";

const CAPITAL = {
  type: "single",
  questionText: "Hauptstadt von Peru?",
  options: [{ text: "Lima", isCorrect: true }, { text: "Quito" }],
};

/** Options have ids that are made at the call. */
const areOptions =
  (...want: readonly (readonly [text: string, isCorrect: boolean])[]) => (value: unknown): boolean =>
    Array.isArray(value) && value.length === want.length &&
    value.every((option, index) => {
      const { id, text, isCorrect, ...more } = option;
      return isId(id) && text === want[index]?.[0] && isCorrect === want[index]?.[1] &&
        Object.keys(more).length === 0;
    });

const QUIZ = { tool: "quiz_create", args: { title: "Erde", questions: [CAPITAL] } };
const SKILL = { tool: "skilltree_save", args: { name: "Geige", color: "#112233" } };
const GUIDE = {
  tool: "guides_create",
  args: {
    title: "Brot",
    sections: [{ title: "Teig", content: "zuerst", steps: [{ title: "Mischen" }] }],
  },
};

/** See golden_row.ts. */
export const LEARNING: readonly GoldenRow[] = [
  {
    table: "quiz/quizzes",
    create: QUIZ,
    row: {
      title: "Erde",
      description: null,
      category: null,
      tags: [],
      questionCount: 1,
      isPinned: false,
      isArchived: false,
    },
    update: { tool: "quiz_update", args: ([id]) => ({ id, isPinned: true, category: "Schule" }) },
    fields: { isPinned: true, category: "Schule" },
  },
  {
    table: "quiz/questions",
    create: QUIZ,
    row: {
      quizId: isId,
      order: 0,
      type: "single",
      questionText: "Hauptstadt von Peru?",
      options: areOptions(["Lima", true], ["Quito", false]),
      explanation: null,
    },
  },
  {
    table: "quiz/attempts",
    stored: [
      { table: "quiz/quizzes", id: "quiz", data: { title: "Erde", questionCount: 1 } },
      {
        table: "quiz/questions",
        id: "question",
        data: {
          quizId: "quiz",
          type: "single",
          questionText: "?",
          order: 0,
          options: [{ id: "lima", text: "Lima", isCorrect: true }, {
            id: "quito",
            text: "Quito",
            isCorrect: false,
          }],
        },
      },
    ],
    create: {
      tool: "quiz_record",
      args: { quizId: "quiz", answers: [{ questionId: "question", optionIds: ["lima"] }] },
    },
    row: {
      quizId: "quiz",
      startedAt: isInstant,
      finishedAt: isInstant,
      score: 1,
      answers: [{ questionId: "question", selectedOptionIds: ["lima"], textAnswer: null, correct: true }],
    },
  },
  {
    table: "skilltree/skills",
    create: SKILL,
    row: {
      name: "Geige",
      description: "",
      branch: "custom",
      parentId: null,
      icon: "star",
      color: "#112233",
      currentXp: 0,
      totalXp: 0,
      level: 0,
    },
    update: {
      tool: "skilltree_add_xp",
      args: ([skillId]) => ({ skillId, xp: 120, description: "Etüden" }),
    },
    fields: { currentXp: 120, totalXp: 120, level: 1 },
  },
  {
    table: "skilltree/activities",
    before: [SKILL],
    create: {
      tool: "skilltree_add_xp",
      args: ([skillId]) => ({ skillId, xp: 5, description: "Etüden", duration: 30 }),
    },
    row: { skillId: isId, xpEarned: 5, description: "Etüden", duration: 30, timestamp: isInstant },
  },
  {
    table: "timeblocks/timeBlocks",
    before: [SKILL],
    create: {
      tool: "skilltree_add_xp",
      args: ([skillId]) => ({ skillId, xp: 5, description: "Etüden", duration: 30 }),
    },
    row: {
      startDate: isInstant,
      endDate: isInstant,
      allDay: false,
      isLive: false,
      timezone: null,
      recurrenceRule: null,
      kind: "logged",
      type: "practice",
      sourceModule: "skilltree",
      sourceId: isId,
      linkedBlockId: null,
      title: "Geige: Etüden",
      description: null,
      color: "#112233",
      icon: null,
      projectId: null,
    },
  },
  {
    table: "questions/questions",
    create: { tool: "questions_create", args: { title: "Warum ist der Himmel blau?", tags: ["Physik"] } },
    row: {
      title: "Warum ist der Himmel blau?",
      status: "open",
      priority: "normal",
      tags: ["Physik"],
      researchDepth: "standard",
    },
    update: { tool: "questions_update", args: ([id]) => ({ id, status: "answered", description: "am Tag" }) },
    fields: { status: "answered", description: "am Tag" },
  },
  {
    table: "questions/answers",
    before: [{ tool: "questions_create", args: { title: "Warum?" } }],
    create: {
      tool: "questions_answer",
      args: ([questionId]) => ({ questionId, content: "Streuung", accept: true }),
    },
    row: {
      questionId: isId,
      researchResultId: null,
      content: "Streuung",
      citations: [],
      rating: null,
      isAccepted: true,
    },
    update: {
      tool: "questions_answer",
      args: ([questionId, answerId]) => ({ questionId, answerId, accept: false, content: "Rayleigh" }),
    },
    fields: { isAccepted: false, content: "Rayleigh" },
  },
  {
    table: "guides/guides",
    create: GUIDE,
    row: {
      title: "Brot",
      description: "",
      category: "getting-started",
      difficulty: "beginner",
      estimatedMinutes: 5,
      collectionId: null,
      isPublished: false,
      order: isNumber,
    },
    update: { tool: "guides_update", args: ([id]) => ({ id, description: "gut", estimatedMinutes: 90 }) },
    fields: { description: "gut", estimatedMinutes: 90 },
  },
  {
    table: "guides/sections",
    create: GUIDE,
    row: { guideId: isId, title: "Teig", content: "zuerst", order: 0 },
  },
  {
    table: "guides/steps",
    create: GUIDE,
    row: { guideId: isId, sectionId: isId, title: "Mischen", content: null, order: 0 },
  },
  {
    table: "guides/runs",
    before: [GUIDE],
    create: { tool: "guides_run", args: ([guideId]) => ({ action: "start", guideId }) },
    row: { guideId: isId, startedAt: isInstant, completedAt: null, completedStepIds: [], timeBlockId: isId },
    update: { tool: "guides_run", args: ([, runId]) => ({ action: "finish", runId }) },
    fields: { completedAt: isInstant },
  },
];
