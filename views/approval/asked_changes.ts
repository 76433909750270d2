// What the assistant asked for, out of the arguments of its own call: the host has them, and nothing of a record is read for the card.
import { isObject, type JsonObject } from "../host/parse.ts";

/** One argument. */
export interface AskedChange {
  /** `dueDate` in words: "Due date". */
  readonly field: string;
  readonly value: string;
  /** Whether the value is cut. */
  readonly isCut: boolean;
}

/** Arguments that are shown, and characters of each: the person's page shows everything. */
const MAX_FIELDS = 12;
const MAX_CHARS = 600;

/** What the call asked for, and how much of it is left out. */
export function askedChanges(input: JsonObject): {
  readonly changes: readonly AskedChange[];
  readonly left: number;
} {
  const all = Object.entries(input).filter(([name, value]) =>
    // Which record it is, nobody can tell by its id.
    name !== "id" && value !== undefined && value !== null
  );
  const changes = all.slice(0, MAX_FIELDS).map(([name, value]) => {
    const text = wordsOf(value);
    return { field: fieldWords(name), value: text.slice(0, MAX_CHARS), isCut: text.length > MAX_CHARS };
  });
  return { changes, left: all.length - changes.length };
}

function wordsOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(wordsOf).join(", ");
  if (isObject(value)) {
    return Object.entries(value).map(([name, one]) => `${fieldWords(name)}: ${wordsOf(one)}`).join("; ");
  }
  return String(value);
}

function fieldWords(name: string): string {
  const words = name.slice(0, 60).replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll("_", " ")
    .toLowerCase();
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
