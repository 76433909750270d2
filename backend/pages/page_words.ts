import { CLIENT_NAME_LENGTH } from "../kit/limits.ts";
import { plainName } from "../kit/plain_name.ts";

/** A day as people write it. */
export function dayWord(at: number | Date): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(at);
}

/** How long an app may stay connected: name in the form, words, milliseconds. */
export const DURATIONS = [
  { name: "day", words: "1 day", ms: 24 * 3600_000 },
  { name: "week", words: "1 week", ms: 7 * 24 * 3600_000 },
  { name: "month", words: "30 days", ms: 30 * 24 * 3600_000 },
  { name: "always", words: "Until I take it back", ms: undefined },
] as const;

/** What a space is called, by somebody who may be a stranger; its id where nothing of the name can be seen. */
export function spaceWord({ id, name }: { readonly id: string; readonly name: string }): string {
  return plainName(name, CLIENT_NAME_LENGTH) || id;
}
