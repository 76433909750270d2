// How values are written on the pages: days, how long an app may stay connected, names of spaces, places of apps. The sentences
// of a page stand in the page.
import { CLIENT_NAME_LENGTH } from "../kit/limits.ts";
import { redirectKind, redirectPlace } from "../oauth/clients/redirect_uri.ts";
import { plainName } from "../kit/plain_name.ts";

/** A day as people write it. */
export function dayWord(at: number | Date): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(at);
}

/** A wait as people count it: `12 seconds`, `30 minutes`. Rounded up, so that nobody comes back too early. */
export function waitWord(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}

/** How long an app may stay connected: name in the form, words, milliseconds. */
export const DURATIONS = [
  { name: "day", words: "1 day", ms: 24 * 3600_000 },
  { name: "week", words: "1 week", ms: 7 * 24 * 3600_000 },
  { name: "month", words: "30 days", ms: 30 * 24 * 3600_000 },
  { name: "always", words: "Until I take it back", ms: undefined },
] as const;

/** The name of a space, which a stranger may have given; its id where no character of the name can be seen. */
export function spaceWord({ id, name }: { readonly id: string; readonly name: string }): string {
  return plainName(name, CLIENT_NAME_LENGTH) || id;
}

/** A space of several people, in the middle of a sentence. */
export function sharedSpaceWord({ id, name, isLeft }: SharedSpace): string {
  const word = `the shared space “${spaceWord({ id, name: name ?? "" })}”`;
  return isLeft === true ? `${word}, which you have left` : word;
}

/** The part of a space that {@link sharedSpaceWord} names it by. */
interface SharedSpace {
  readonly id: string;
  readonly name: string | null;
  readonly isLeft?: boolean | undefined;
}

/** The e-mail address under which somebody is signed in. Another service may have said it, so that it is made fit to be shown. */
export function emailWord(email: string): string {
  return plainName(email, EMAIL_LENGTH) || "an account without an e-mail address";
}

/** Longest e-mail address that a page shows (RFC 5321, section 4.5.3.1.3). */
const EMAIL_LENGTH = 254;

/** The place of an app, by the address that it is answered at. */
export function placeWord(redirectUri: string): string {
  const place = redirectPlace(redirectUri);
  const kind = redirectKind(redirectUri);
  if (kind === "loopback") return `a program on this computer (${place})`;
  return kind === "app" ? `the app on this device that opens ${place} links` : place;
}

/** How long ago something was: `just now`, `3 minutes ago`. */
export function agoWord(ms: number): string {
  if (ms < 60_000) return "just now";
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 90) return minutes === 1 ? "1 minute ago" : `${minutes} minutes ago`;
  return `${Math.round(minutes / 60)} hours ago`;
}

/** How long there still is: `8 minutes`. Rounded down, so that nobody comes too late. */
export function leftWord(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "less than a minute";
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

/**
 * A value of a record in words, where all of it is a day or a time as records keep them (RFC 3339, in UTC); every other text as it is.
 * A time keeps its seconds: of two that differ, both are told apart.
 */
export function valueWord(text: string, zone: string | undefined): string {
  const at = DAY_OR_TIME.test(text) ? Date.parse(text) : NaN;
  // `Date.parse` takes 30 February for 2 March.
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(text.slice(0, 19))) return text;
  if (text.length === 10) return dayWord(at);
  const seconds = text.slice(17, 19) === "00" ? {} : { second: "2-digit" } as const;
  const format = new Intl.DateTimeFormat("en-GB", { ...TO_THE_MINUTE, ...seconds, timeZone: zone ?? "UTC" });
  return zone === undefined ? `${format.format(at)} (UTC)` : format.format(at);
}

const DAY_OR_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,3})?Z)?$/;
const TO_THE_MINUTE = {
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
} as const;

/** A day with its time, in the person's zone; in UTC, and so said, where the zone is not known. */
export function momentWord(at: number, zone: string | undefined): string {
  const word = new Intl.DateTimeFormat("en-GB", {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: zone ?? "UTC",
  }).format(at);
  return zone === undefined ? `${word} (UTC)` : word;
}
