// A call that waits for the person, as the gateway notes it beside its refusal.
import { isObject, type JsonObject, textOf } from "../host/parse.ts";

/** A call that waits. */
export interface Waiting {
  /** For `approvals_get`. */
  readonly id: string;
  /** Where the person decides. */
  readonly url: string;
  /** What the tool does, in words. */
  readonly title: string;
  /** Milliseconds since 1970; null where it is not told. */
  readonly until: number | null;
}

/** Reads the note; null where the call does not wait. */
export function waitingOf(meta: JsonObject): Waiting | null {
  const note = meta["mana/approval"];
  if (!isObject(note)) return null;
  const id = textOf(note.id);
  const url = textOf(note.url);
  if (id === null || url === null) return null;
  const until = Date.parse(textOf(note.until) ?? "");
  return { id, url, title: textOf(note.title) ?? "A change", until: Number.isNaN(until) ? null : until };
}
