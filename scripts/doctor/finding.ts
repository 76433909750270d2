// What the doctor finds, and what it is given to look with.
import type { PersonasDoor } from "./personas_door.ts";
import type { Settings } from "../../lib/settings/settings.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly ok: boolean;
  readonly what: string;
  /** What to do about it; absent when it is fine. */
  readonly fix?: string;
}

/** What a set-up is examined with. */
export interface DiagnosisDeps {
  readonly settings: Settings;
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A person's token. Null: whatever needs a token is not looked at. */
  readonly token: string | null;
  /** The service of synthetic people. Without it nothing of them is looked at. */
  readonly personas?: PersonasDoor | null;
}

/** Takes down one thing that was looked at. `fix` is one sentence on what to do, for when it is not fine. */
export type Note = (ok: boolean, what: string, fix?: string) => void;
