// Whether a record says what was written into it. Only members that the record shows by the same name and type are compared: a date may be
// shown as an instant, a checklist as objects.
import { membersOf } from "./seen.ts";

/** Names of the members of `written` that `record` shows with another value. */
export function differing(written: Readonly<Record<string, unknown>>, record: unknown): readonly string[] {
  const shown = membersOf(record);
  const clipped = shown.clipped;
  return Object.entries(written).filter(([name, value]) => {
    if (!(name in shown)) return false;
    const isClipped = Array.isArray(clipped) && clipped.includes(name);
    return !isSame(value, shown[name], isClipped);
  }).map(([name]) => name);
}

function isSame(written: unknown, shown: unknown, isClipped: boolean): boolean {
  if (typeof written === "string") {
    if (typeof shown !== "string") return false;
    if (isClipped) return written.startsWith(shown.replace(/…$/, ""));
    // A day may be shown as the instant at which it begins.
    return shown === written || DAY.test(written) && shown.startsWith(written);
  }
  if (typeof written === "number" || typeof written === "boolean") return shown === written;
  if (Array.isArray(written) && written.every((item) => typeof item === "string")) {
    return !Array.isArray(shown) || !shown.every((item) => typeof item === "string") ||
      JSON.stringify(shown) === JSON.stringify(written);
  }
  return true;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
