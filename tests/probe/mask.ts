/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Replaces what differs from run to run by placeholders. */
export interface Mask {
  mask(value: Json): Json;
  /** Shows a value as `{{name}}` from now on, and returns it as text. */
  remember(value: Json | undefined, name: string): string;
  placeholderOf(literal: string): string | undefined;
}

const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/, "<jwt>"],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, "<time ms>"],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, "<time fine>"],
  [/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "<uuid>"],
  [/^[A-Za-z0-9+/]{43}=$/, "<base64 of 32 bytes>"],
  [/^[A-Za-z0-9_-]{21,64}$/, "<id>"],
];
/** Times that the probe itself chose. */
const CHOSEN_TIME = /^20(99|2[0-5])|^9999|^1970|^2000/;
/** Shorter literals would be found inside ordinary words. */
const SHORTEST_INNER_LITERAL = 6;

/** Creates a mask that knows no literals yet. */
export function createMask(): Mask {
  const known = new Map<string, string>();

  const maskText = (value: string): string => {
    const exact = known.get(value);
    if (exact !== undefined) return exact;
    let text = value;
    for (const [literal, placeholder] of known) {
      if (literal.length >= SHORTEST_INNER_LITERAL) text = text.replaceAll(literal, placeholder);
    }
    if (text !== value || CHOSEN_TIME.test(text)) return text;
    return CLASSES.find(([pattern]) => pattern.test(text))?.[1] ?? text;
  };
  const mask = (value: Json): Json => {
    if (typeof value === "string") return maskText(value);
    if (Array.isArray(value)) return value.map(mask);
    if (value === null || typeof value !== "object") return value;
    const members = Object.entries(value).map(([name, member]): [string, Json] => {
      if (name === "iat" || name === "exp") return [name, "<seconds>"];
      const masked = name === "code" ? member : mask(member);
      // The service leaves out zeros at the end: one time in a thousand looks as if it had milliseconds.
      return [name, name === "syncedUntil" && masked === "<time ms>" ? "<time fine>" : masked];
    });
    return Object.fromEntries(members.sort(([a], [b]) => a < b ? -1 : 1));
  };
  return {
    mask,
    remember(value, name) {
      if (typeof value === "string" && value !== "") known.set(value, `{{${name}}}`);
      return String(value ?? "");
    },
    placeholderOf: (literal) => known.get(literal),
  };
}

/** A member of a value that may or may not be there. */
export function member(value: Json | undefined, ...path: string[]): Json | undefined {
  let at = value;
  for (const name of path) {
    if (at === null || typeof at !== "object" || Array.isArray(at)) return undefined;
    at = at[name];
  }
  return at;
}

/** Keeps these members of an object; of a `user` only what tells who it is. */
export function only(...names: string[]): (body: Json) => Json {
  return (body) => {
    if (body === null || typeof body !== "object" || Array.isArray(body)) return body;
    return Object.fromEntries(
      Object.entries(body).filter(([name]) => names.includes(name))
        .map(([name, value]) => [name, name === "user" ? only("id", "email", "name")(value) : value]),
    );
  };
}
