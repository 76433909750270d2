// Golden rows of Wellbeing.
import type { GoldenRow } from "../golden_row.ts";

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
      args: ([id]) => ({ id, level: 8, activity: null, withWhom: "Ben" }),
    },
    fields: { level: 8, activity: null, withWhom: "Ben" },
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
];
