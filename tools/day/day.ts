// The day at a glance: what is due, planned, logged and felt, out of several modules. Sections of modules that the caller may not
// read are left out and named.
import { z } from "zod";
import {
  type Calendar,
  dayInput,
  defineModule,
  defineTool,
  type Module,
  type PlainRecordOf,
  type ReadRecords,
  timeZoneInput,
} from "../../lib/tool/authoring.ts";
import { drinks } from "../wellbeing/drink.ts";
import { moods } from "../wellbeing/mood.ts";
import { readAgenda } from "./agenda.ts";
import { Entry, entryOf, isOfCalendar, openTimes } from "./calendar/entries.ts";
import { withoutHidden } from "./calendar/reading.ts";
import { habits } from "./habit_tables.ts";
import { readProgress } from "./habit_ticks.ts";
import { dueDay, tasks } from "./tasks.ts";

/** The modules that a summary looks at, by section. */
const SECTIONS = {
  tasks: "todo",
  agenda: "calendar",
  habits: "habits",
  mood: "mood",
  drinks: "drink",
} as const;
const SECTION_NAMES = ["tasks", "agenda", "habits", "mood", "drinks"] as const;
/** Modules of which planned time is part of the agenda. */
const PLANNED = ["todo", "habits", "events"] as const;
/** Entries of each section: a summary is no listing. */
const MOST = 30;
/** Characters of a title that a summary shows. */
const MAX_SHOWN_CHARS = 200;

const Task = z.object({
  id: z.string(),
  title: z.string().optional(),
  dueDate: z.string(),
  priority: z.string().optional(),
});

const summary = defineTool({
  name: "day.summary",
  title: "What is on today",
  access: "read",
  description:
    "A look at one day, today by default: tasks due and overdue, the agenda, habits with how often they were done, the latest " +
    "mood, what was drunk. `leftOut` names sections that this client may not see, `more` counts what did not fit; then the " +
    "listing tools of the modules tell the rest.",
  input: z.object({ date: dayInput.optional().describe("YYYY-MM-DD"), timeZone: timeZoneInput }),
  output: z.object({
    date: z.string(),
    timeZone: z.string(),
    tasks: z.object({ due: z.array(Task), overdue: z.array(Task), more: z.number() }).optional(),
    agenda: z.object({ entries: z.array(Entry), more: z.number(), unreadable: z.number() }).optional(),
    habits: z.array(z.object({
      id: z.string(),
      title: z.string().optional(),
      done: z.number(),
      targetPerDay: z.number().optional(),
    })).optional(),
    mood: z.object({
      level: z.number().optional(),
      emotion: z.string().optional(),
      time: z.string().optional(),
    }).nullable().optional(),
    drinks: z.object({ count: z.number(), totalMl: z.number(), waterMl: z.number() }).optional(),
    leftOut: z.array(z.string()),
  }),
  async run({ date, timeZone }, { calendar, records, allows }) {
    const zone = calendar(timeZone);
    const day = date ?? zone.today;
    const may = (section: keyof typeof SECTIONS) => allows(SECTIONS[section], "read");
    return {
      date: day,
      timeZone: zone.timeZone,
      ...(may("tasks") ? { tasks: await tasksOf(records, zone, day) } : {}),
      ...(may("agenda")
        ? { agenda: await agendaOf(records, zone, day, PLANNED.filter((module) => allows(module, "read"))) }
        : {}),
      ...(may("habits") ? { habits: await habitsOf(records, zone, day) } : {}),
      ...(may("mood") ? { mood: await moodOf(records, day) } : {}),
      ...(may("drinks") ? { drinks: await drinksOf(records, day) } : {}),
      leftOut: SECTION_NAMES.filter((section) => !may(section)),
    };
  },
});

/** The day at a glance. */
export const dayModule: Module = defineModule({
  name: "day",
  label: "Your day",
  nouns: ["day"],
  group: "Day",
  spaceTypes: ["personal"],
  tools: [summary],
  accessWords: { read: "See your day at a glance, out of what else you allow" },
});

/** Open tasks that are due on the day, and those that were due before. */
async function tasksOf(records: ReadRecords, zone: Calendar, day: string) {
  const dueOn = new Map<string, string>();
  await records.lookThrough(tasks, ({ id, isCompleted, dueDate }) => {
    const due = isCompleted === true ? null : dueDay(dueDate, zone);
    if (due !== null && due <= day) dueOn.set(id, due);
  });
  // What is due today first, then what waits shortest: the oldest tasks are the least likely to be meant.
  const chosen = [...dueOn].sort(([, a], [, b]) => a < b ? 1 : a > b ? -1 : 0).slice(0, MOST);
  const shown = new Map<string, z.infer<typeof Task>>();
  await records.scan(tasks, { ids: new Set(chosen.map(([id]) => id)) }, ({ id, title, priority }) => {
    shown.set(id, {
      id,
      ...(title === undefined ? {} : { title: title.slice(0, MAX_SHOWN_CHARS) }),
      dueDate: dueOn.get(id) ?? day,
      ...(priority === undefined ? {} : { priority }),
    });
  });
  const found = chosen.flatMap(([id]) => shown.get(id) ?? []);
  return {
    due: found.filter(({ dueDate }) => dueDate === day),
    overdue: found.filter(({ dueDate }) => dueDate < day),
    more: dueOn.size - chosen.length,
  };
}

/** What is planned for the day: events, and the tasks, habits and parties that lie in the calendar. */
async function agendaOf(records: ReadRecords, zone: Calendar, day: string, modules: readonly string[]) {
  const agenda = await readAgenda(records, zone, {
    from: day,
    to: day,
    keeps: (block) =>
      block.kind === "scheduled" && (isOfCalendar(block) || modules.includes(block.sourceModule ?? "")),
  });
  const times = await withoutHidden(records, agenda.times, undefined);
  const opened = await openTimes(records, times.slice(0, MOST));
  return {
    entries: opened.map((one) => entryOf(zone, agenda, one)),
    more: times.length - opened.length,
    unreadable: agenda.unreadable.length,
  };
}

async function habitsOf(records: ReadRecords, zone: Calendar, day: string) {
  const { rows } = await records.list(habits, {
    where: ({ isArchived }) => isArchived !== true,
    order: [{ field: "order", missing: 0 }, { field: "createdAt", missing: "" }],
    show: ["title", "targetPerDay"],
    page: { limit: MOST },
  });
  const progress = await readProgress(records, zone, day);
  return rows.map(({ id, title, targetPerDay }) => ({
    id,
    ...(title === undefined ? {} : { title: title.slice(0, MAX_SHOWN_CHARS) }),
    done: progress(id).today,
    ...(typeof targetPerDay === "number" ? { targetPerDay } : {}),
  }));
}

/** The latest check-in of the day; null where there is none. Nothing sealed is opened for it. */
async function moodOf(records: ReadRecords, day: string) {
  const ofDay: PlainRecordOf<typeof moods>[] = [];
  await records.lookThrough(moods, (mood) => void (mood.date === day && ofDay.push(mood)));
  const [latest] = ofDay.sort((a, b) => timeOf(a) < timeOf(b) ? 1 : -1);
  if (latest === undefined) return null;
  const { level, emotion, time } = latest;
  return {
    ...(level === undefined ? {} : { level }),
    ...(emotion === undefined ? {} : { emotion }),
    ...(time === undefined ? {} : { time }),
  };
}

/** A place in the day; check-ins of one minute by when they were stored. */
function timeOf({ time = "", createdAt }: PlainRecordOf<typeof moods>): string {
  return `${time} ${createdAt ?? ""}`;
}

async function drinksOf(records: ReadRecords, day: string) {
  let count = 0;
  let totalMl = 0;
  let waterMl = 0;
  await records.lookThrough(drinks, ({ date, drinkType, quantityMl = 0 }) => {
    if (date !== day) return;
    count += 1;
    totalMl += quantityMl;
    if (drinkType === "water") waterMl += quantityMl;
  });
  return { count, totalMl, waterMl };
}
