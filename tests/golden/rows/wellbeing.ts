// Golden rows of Wellbeing and Cycle.
import { type GoldenRow, isInstant } from "../golden_row.ts";
import { WELLBEING_WITH_BLOCKS } from "./wellbeing_with_blocks.ts";

/** See golden_row.ts. */
export const WELLBEING: readonly GoldenRow[] = [
  {
    table: "mood/moodEntries",
    create: { tool: "mood_log", args: { level: 7, emotion: "calm", activity: "outdoors", notes: "Am See" } },
    row: {
      date: "2026-03-01",
      time: "12:00",
      level: 7,
      emotion: "calm",
      secondaryEmotions: [],
      activity: "outdoors",
      withWhom: "",
      notes: "Am See",
      tags: [],
    },
    update: {
      tool: "mood_update",
      args: ([id]) => ({ id, level: 8, withWhom: "Ben", clear: ["activity", "notes"] }),
    },
    fields: { level: 8, activity: null, withWhom: "Ben", notes: "" },
  },
  {
    table: "drink/drinkEntries",
    create: { tool: "drink_log", args: { drinkType: "water", quantityMl: 250, name: "Leitungswasser" } },
    row: {
      name: "Leitungswasser",
      drinkType: "water",
      quantityMl: 250,
      date: "2026-03-01",
      time: "12:00",
      note: null,
      presetId: null,
    },
  },
  {
    table: "meditate/meditateSessions",
    create: { tool: "meditate_log", args: { durationSec: 600, category: "breathing", moodAfter: 4 } },
    row: {
      presetId: null,
      category: "breathing",
      startedAt: isInstant,
      durationSec: 600,
      completed: true,
      moodBefore: null,
      moodAfter: 4,
      notes: null,
    },
  },
  {
    table: "stretch/stretchSessions",
    create: {
      tool: "stretch_log",
      args: {
        routineName: "Nacken",
        startedAt: "2026-03-01T07:30",
        totalDurationSec: 420,
        completedExercises: 5,
        totalExercises: 6,
      },
    },
    row: {
      routineId: null,
      routineName: "Nacken",
      startedAt: "2026-03-01T07:30:00.000Z",
      endedAt: "2026-03-01T07:37:00.000Z",
      totalDurationSec: 420,
      completedExercises: 5,
      totalExercises: 6,
      skippedExerciseIds: [],
      mood: null,
      notes: "",
    },
  },
  {
    table: "sleep/sleepEntries",
    create: {
      tool: "sleep_log",
      args: { bedtime: "2026-02-28T23:10", wakeTime: "2026-03-01T06:40", quality: 4, notes: "Hitze" },
    },
    row: {
      date: "2026-02-28",
      bedtime: "2026-02-28T23:10:00.000Z",
      wakeTime: "2026-03-01T06:40:00.000Z",
      durationMin: 450,
      sleepLatencyMin: null,
      interruptions: 0,
      interruptionDurationMin: 0,
      quality: 4,
      restedness: null,
      notes: "Hitze",
      tags: [],
      dreamIds: [],
    },
    update: { tool: "sleep_log", args: { date: "2026-02-28", wakeTime: "2026-03-01T07:10", restedness: 3 } },
    fields: { wakeTime: "2026-03-01T07:10:00.000Z", durationMin: 480, restedness: 3 },
  },
  {
    table: "sleep/sleepHygieneLogs",
    stored: ["a", "b", "c"].map((id) => ({
      table: "sleep/sleepHygieneChecks",
      id,
      data: { name: id, category: "routine", isActive: true, isPreset: false, order: 0 },
    })),
    create: { tool: "sleep_hygiene", args: { completedCheckIds: ["a"] } },
    row: { date: "2026-03-01", completedCheckIds: ["a"], score: 33 },
    update: { tool: "sleep_hygiene", args: { completedCheckIds: ["a", "c"] } },
    fields: { completedCheckIds: ["a", "c"], score: 67 },
  },
  {
    table: "body/bodyMeasurements",
    create: { tool: "body_measure", args: { type: "weight", value: 71.4 } },
    row: { date: "2026-03-01", type: "weight", value: 71.4, unit: "kg", notes: null },
  },
  {
    table: "body/bodyChecks",
    create: { tool: "body_check", args: { energy: 4, soreness: 2 } },
    row: { date: "2026-03-01", energy: 4, sleep: null, soreness: 2, mood: null, notes: null },
    update: { tool: "body_check", args: { soreness: 3, notes: "Waden" } },
    fields: { soreness: 3, notes: "Waden" },
  },
  ...WELLBEING_WITH_BLOCKS,
];
