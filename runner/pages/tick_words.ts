// How a tick ended and when, in words, and whether somebody should look at it.
import type { TickView } from "./report_view.ts";

/** The words for a tick's ending; null: there was no tick. */
export function endingWords(tick: TickView | null): string {
  if (tick === null) return "Has not worked yet";
  return ENDINGS[tick.ending] ?? "Ended in a way that this page does not know";
}

const ENDINGS: Readonly<Record<string, string>> = {
  done: "Finished the day",
  turns: "Came to the limit of turns",
  deadline: "Ran out of time",
  "sign-in": "Could not sign in",
  gateway: "Could not work at the gateway",
  model: "The model could not think",
  interrupted: "Was interrupted",
  running: "Is at work",
};

/** How a tick looks from afar: `good`, `bad` where somebody should look, `open` while there is nothing to judge. */
export function gradeOf(tick: TickView | null): "good" | "bad" | "open" {
  if (tick === null || tick.ending === "running") return "open";
  return isUnfinished(tick) || tick.brokenChecks.length > 0 ? "bad" : "good";
}

/** Whether the ending itself is the news: a day that ended as it should is told quietly, even where a check broke. */
export function isUnfinished(tick: TickView): boolean {
  return tick.ending !== "done" && tick.ending !== "running";
}

/** A time as people read it, in UTC, such as `28 Nov 2026, 09:12 UTC`. */
export function showInstant(instant: string): string {
  const date = new Date(instant);
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `${day}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** `1 call`, `2 calls`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** A name as it begins a line: `anna` is Anna. */
export function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
