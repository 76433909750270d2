// Recurrence rules as the Mana apps store them: `RRULE:` and the parts of RFC 5545 section 3.3.10, without DTSTART, which is the
// start of the record. Only reads the text and says what is wrong with it; series.ts expands it.

import { z } from "zod";
import { isDay } from "./day.ts";

/** A rule with a higher COUNT is expanded only where COUNT cannot have been reached, since times are counted from the start on. */
export const MAX_SERIES_COUNT = 1_000;

/** All parts with long lists; longer texts, of other writers, are not looked at. */
const MAX_RULE_CHARS = 500;

/** A rule, or why it cannot be read, in words for a model. Never throws, however the text is made. */
export function readRule(text: string): RuleReading {
  if (text.length > MAX_RULE_CHARS) return unread(`is longer than ${MAX_RULE_CHARS} characters`);
  const values = new Map<string, string>();
  for (const part of text.trim().toUpperCase().replace(/^RRULE:/, "").split(";")) {
    const [name = "", value = "", ...rest] = part.split("=");
    if (value === "" || rest.length > 0) return unread("expected parts such as FREQ=WEEKLY;BYDAY=MO,TH");
    if (values.has(name)) return unread(`has ${KNOWN.has(name) ? name : "a part"} twice`);
    if (SUB_DAILY_PARTS.has(name)) return unread(`takes no ${name}: each day has the time of the start`);
    if (!KNOWN.has(name)) return unread(`has an unknown part; known are ${[...KNOWN].join(", ")}`);
    values.set(name, value);
  }
  return ruleOf(values);
}

/** The text as the apps store it. */
export function storedRule(text: string): string {
  return `RRULE:${text.trim().toUpperCase().replace(/^RRULE:/, "")}`;
}

/** The input field of a tool that makes a series. What a tool stores of its value is {@link storedRule}. */
export const ruleInput = z.string().max(MAX_RULE_CHARS).superRefine((text, context) => {
  const reading = readRule(text);
  if (!reading.ok) context.addIssue({ code: "custom", message: `the rule ${reading.problem}` });
  else if ((reading.rule.count ?? 1) > MAX_SERIES_COUNT) {
    context.addIssue({
      code: "custom",
      message: `the rule has COUNT above ${MAX_SERIES_COUNT}: use UNTIL, or no end`,
    });
  }
}).describe("RFC 5545 rule without DTSTART, e.g. FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20261231");

/** What {@link readRule} found. */
export type RuleReading =
  | { readonly ok: true; readonly rule: Rule }
  | { readonly ok: false; readonly problem: string };

/** A rule of at most one time a day, since the apps tell the times of a series apart by their day. */
export interface Rule {
  readonly freq: "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";
  readonly interval: number;
  readonly count: number | null;
  /** YYYY-MM-DD, or a date-time with `Z` or in local time: the last time there may be. */
  readonly until: string | null;
  readonly weekStart: string;
  /** Weekdays, with their number within the month or year where they have one: `MO`, `-1FR`. */
  readonly byDay: readonly string[];
  readonly numbers: Readonly<Record<NumberPart, readonly number[]>>;
}

/** The parts that are lists of numbers. */
export type NumberPart = keyof typeof NUMBER_PARTS;

/** By part: the highest number, and whether numbers below 0 count from the end. */
const NUMBER_PARTS = {
  BYMONTH: { most: 12, isSigned: false },
  BYMONTHDAY: { most: 31, isSigned: true },
  BYYEARDAY: { most: 366, isSigned: true },
  BYWEEKNO: { most: 53, isSigned: true },
  BYSETPOS: { most: 366, isSigned: true },
} as const;
const KNOWN: ReadonlySet<string> = new Set([
  ...["FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY"],
  ...Object.keys(NUMBER_PARTS),
]);
const SUB_DAILY_PARTS: ReadonlySet<string> = new Set(["BYHOUR", "BYMINUTE", "BYSECOND"]);
const Freq = z.enum(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]);
const WEEKDAY = /^(MO|TU|WE|TH|FR|SA|SU)$/;
const NUMBERED_WEEKDAY = /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/;
const UNTIL = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/;
/** More would be a day of the far future; a rule of another writer that says so is not worth the arithmetic. */
const MAX_INTERVAL = 1_000;

function ruleOf(values: ReadonlyMap<string, string>): RuleReading {
  const freq = Freq.safeParse(values.get("FREQ"));
  if (!freq.success) return unread("needs FREQ: DAILY, WEEKLY, MONTHLY or YEARLY");
  const interval = wholeNumber(values.get("INTERVAL") ?? "1");
  if (interval === null || interval < 1 || interval > MAX_INTERVAL) {
    return unread(`has an INTERVAL that is not between 1 and ${MAX_INTERVAL}`);
  }
  const count = values.has("COUNT") ? wholeNumber(values.get("COUNT")) : null;
  if (values.has("COUNT") && (count === null || count < 1)) {
    return unread("has a COUNT that is not a number above 0");
  }
  const until = values.has("UNTIL") ? untilOf(values.get("UNTIL") ?? "") : null;
  if (values.has("UNTIL") && until === null) {
    return unread("has an UNTIL that is not an existing day such as 20261231 or 20261231T225959Z");
  }
  if (count !== null && until !== null) return unread("has COUNT and UNTIL, of which only one may be");
  const weekStart = values.get("WKST") ?? "MO";
  if (!WEEKDAY.test(weekStart)) return unread("has a WKST that is not one of MO, TU, WE, TH, FR, SA, SU");
  const byDay = values.get("BYDAY")?.split(",") ?? [];
  if (!byDay.every((day) => NUMBERED_WEEKDAY.test(day))) {
    return unread("has a BYDAY that is not a list such as MO,TH or -1FR");
  }
  const numbers = numbersOf(values);
  if (typeof numbers === "string") return unread(`has a ${numbers} outside of its numbers`);
  const rule = { freq: freq.data, interval, count, until, weekStart, byDay, numbers };
  const problem = contradiction(rule);
  return problem === null ? { ok: true, rule } : unread(problem);
}

/** What the RFC does not allow together, and what would have no meaning. */
function contradiction({ freq, byDay, numbers }: Rule): string | null {
  const numbered = byDay.map((day) => Math.abs(parseInt(day, 10))).filter((number) => !Number.isNaN(number));
  if (numbered.length > 0) {
    const most = freq === "MONTHLY" ? 5 : freq === "YEARLY" ? 53 : 0;
    if (most === 0) return `has a number in BYDAY, which FREQ=${freq} does not take`;
    if (!numbered.every((number) => number >= 1 && number <= most)) {
      return `has a number in BYDAY that is not between 1 and ${most}`;
    }
    if (numbers.BYWEEKNO.length > 0) return "has a number in BYDAY beside BYWEEKNO";
  }
  if (numbers.BYMONTHDAY.length > 0 && freq === "WEEKLY") {
    return "has BYMONTHDAY, which FREQ=WEEKLY does not take";
  }
  for (const part of ["BYYEARDAY", "BYWEEKNO"] as const) {
    if (numbers[part].length > 0 && freq !== "YEARLY") return `has ${part}, which only FREQ=YEARLY takes`;
  }
  const isNarrowed = byDay.length > 0 || numbers.BYMONTH.length > 0 || numbers.BYMONTHDAY.length > 0 ||
    numbers.BYYEARDAY.length > 0 || numbers.BYWEEKNO.length > 0;
  return numbers.BYSETPOS.length > 0 && !isNarrowed ? "has BYSETPOS without another BY part" : null;
}

/** The lists of numbers, or the name of the part that is wrong. */
function numbersOf(values: ReadonlyMap<string, string>): Rule["numbers"] | string {
  const numbers: Record<NumberPart, readonly number[]> = {
    BYMONTH: [],
    BYMONTHDAY: [],
    BYYEARDAY: [],
    BYWEEKNO: [],
    BYSETPOS: [],
  };
  for (const part of NUMBER_PART_NAMES) {
    const { most, isSigned } = NUMBER_PARTS[part];
    const list = values.get(part)?.split(",").map(wholeNumber) ?? [];
    const fitting = list.filter((number) =>
      number !== null && number !== 0 && Math.abs(number) <= most && (isSigned || number > 0)
    );
    if (fitting.length < list.length) return part;
    numbers[part] = list.filter((number) => number !== null);
  }
  return numbers;
}

const NUMBER_PART_NAMES = ["BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"] as const;

/** UNTIL as a day or an ISO date-time; null where the day or the time does not exist. */
function untilOf(text: string): string | null {
  const [, year, month, day, hour, minute, second, zulu] = UNTIL.exec(text) ?? [];
  const date = `${year}-${month}-${day}`;
  if (hour === undefined) return isDay(date) ? date : null;
  const isTime = Number(hour) <= 23 && Number(minute) <= 59 && Number(second) <= 59;
  return isDay(date) && isTime ? `${date}T${hour}:${minute}:${second}${zulu}` : null;
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^[+-]?\d{1,9}$/.test(text) ? Number(text) : null;
}

const unread = (problem: string): RuleReading => ({ ok: false, problem });
