// By what a person can narrow an app within the modules of wellbeing and of the cycle.
import { type ModuleNarrowing, readable } from "../../lib/tool/authoring.ts";
import { BLOCKS } from "../day/narrowing.ts";

/** Plaintext fields that tell what was dreamt, and of whom. */
const DREAM_WORDS = [
  "people",
  "emotions",
  "symbols",
  "audioPath",
  "audioDurationMs",
  "processingError",
] as const;
/** Plaintext fields that tell how the person is. */
const CYCLE_SIGNS = ["energy", "temperature", "cervicalMucus", "symptoms", "sexualActivity"] as const;

/** By module. */
export const WELLBEING_NARROWING: Readonly<Record<string, ModuleNarrowing>> = {
  mood: {
    collection: "mood/moodEntries",
    tables: ["mood/moodEntries"],
    since: { field: "date" },
    tags: { kind: "words", field: "tags" },
    fieldChoices: [{
      name: "moods",
      label: "days, moods and tags, not the notes",
      fields: readable("mood/moodEntries", {}),
    }],
  },
  sleep: {
    collection: "sleep/sleepEntries",
    tables: ["sleep/sleepEntries", "sleep/sleepHygieneLogs", "sleep/sleepHygieneChecks"],
    since: { field: "date" },
    alsoSince: { "sleep/sleepHygieneLogs": "date" },
    tags: { kind: "words", field: "tags" },
    fieldChoices: [{
      name: "hours",
      label: "hours and how good they were, not the notes",
      fields: {
        ...readable("sleep/sleepEntries", { not: ["dreamIds"] }),
        ...readable("sleep/sleepHygieneChecks", { open: ["name"] }),
      },
    }],
  },
  drink: {
    collection: "drink/drinkEntries",
    tables: ["drink/drinkEntries"],
    since: { field: "date" },
    fieldChoices: [{
      name: "amounts",
      label: "what kind, when and how much, no words",
      fields: readable("drink/drinkEntries", {}),
    }],
  },
  body: {
    collection: "body/bodyWorkouts",
    tables: [
      "body/bodyWorkouts",
      "body/bodySets",
      "body/bodyExercises",
      "body/bodyMeasurements",
      "body/bodyChecks",
      "timeblocks/timeBlocks",
    ],
    since: { field: "startedAt" },
    alsoSince: { "body/bodyMeasurements": "date", "body/bodyChecks": "date" },
    fieldChoices: [
      {
        name: "training",
        label: "workouts with their sets, not the body's measures, how you felt and notes",
        fields: {
          ...readable("body/bodyWorkouts", { open: ["title"] }),
          ...readable("body/bodySets", { open: ["reps", "weight"] }),
          ...readable("body/bodyExercises", { open: ["name"] }),
          ...readable("body/bodyMeasurements", {}),
          ...readable("body/bodyChecks", {}),
          ...BLOCKS.titled,
        },
      },
      {
        name: "days",
        label: "when there was a workout, no numbers and words",
        fields: {
          ...readable("body/bodyWorkouts", { not: ["rpe"] }),
          ...readable("body/bodySets", { not: ["rpe"] }),
          ...readable("body/bodyExercises", { open: ["name"] }),
          ...readable("body/bodyMeasurements", {}),
          ...readable("body/bodyChecks", {}),
          ...BLOCKS.wordless,
        },
      },
    ],
  },
  meditate: {
    collection: "meditate/meditateSessions",
    tables: ["meditate/meditateSessions"],
    since: { field: "startedAt" },
    fieldChoices: [{
      name: "times",
      label: "when and how long, not how you felt and the notes",
      fields: readable("meditate/meditateSessions", { not: ["moodBefore", "moodAfter"] }),
    }],
  },
  dreams: {
    collection: "dreams/dreams",
    tables: ["dreams/dreams", "dreams/dreamSymbols", "timeblocks/timeBlocks"],
    since: { field: "dreamDate" },
    fieldChoices: [
      {
        name: "titles",
        label: "titles, days and moods, not the dreams",
        fields: {
          ...readable("dreams/dreams", { open: ["title"], not: DREAM_WORDS }),
          ...readable("dreams/dreamSymbols", { not: ["name"] }),
          ...BLOCKS.titled,
        },
      },
      {
        name: "days",
        label: "days and moods, no words",
        fields: {
          ...readable("dreams/dreams", { not: DREAM_WORDS }),
          ...readable("dreams/dreamSymbols", { not: ["name"] }),
          ...BLOCKS.wordless,
        },
      },
    ],
  },
  stretch: {
    collection: "stretch/stretchSessions",
    tables: ["stretch/stretchSessions", "stretch/stretchRoutines"],
    since: { field: "startedAt" },
    fieldChoices: [{
      name: "times",
      label: "when, how long and which routine, not how you felt and the notes",
      fields: {
        ...readable("stretch/stretchSessions", { open: ["routineName"], not: ["mood"] }),
        ...readable("stretch/stretchRoutines", { open: ["name"] }),
      },
    }],
  },
  period: {
    collection: "period/periods",
    tables: ["period/periods", "period/periodDayLogs", "period/periodSymptoms", "timeblocks/timeBlocks"],
    since: { field: "startDate" },
    alsoSince: { "period/periodDayLogs": "logDate" },
    fieldChoices: [
      {
        name: "flow",
        label: "days and flow, not moods, symptoms and notes",
        fields: {
          ...readable("period/periods", {}),
          ...readable("period/periodDayLogs", { not: CYCLE_SIGNS }),
          ...BLOCKS.wordless,
        },
      },
      {
        name: "days",
        label: "the days of a period, nothing else",
        fields: {
          ...readable("period/periods", {}),
          ...readable("period/periodDayLogs", { not: ["flow", ...CYCLE_SIGNS] }),
          ...BLOCKS.wordless,
        },
      },
    ],
  },
};
