// What a person wants undone, as their forms say it: ticked calls, one call, or all that somebody wrote since some time. It goes through
// the preview as one text, which the token of the form is made for (page_forms.ts), so that nothing in it can be exchanged.
import { z } from "zod";
import type { Selection } from "../../gateway/actions.ts";
import { plainName } from "../../kit/plain_name.ts";
import { CLIENT_NAME_LENGTH } from "../../kit/limits.ts";
import type { PersonApp } from "../../oauth/grants/person_apps.ts";
import type { Problem } from "../layout.tsx";
import { readInstant, readMoment } from "./days.ts";

/** A choice with its name for the person: `everything “Claude” did since 27 November`. */
export interface UndoChoice {
  readonly selection: Selection;
  /** Whether it undoes an undo. */
  readonly isAgain: boolean;
}

/** Reads the form of the time line or of one call; a fault of it that the person can mend otherwise. */
export function readChoice(form: URLSearchParams, deps: ChoiceDeps): UndoChoice | Problem {
  const isAgain = form.get("again") === "yes";
  switch (form.get("do")) {
    case "calls": {
      const calls = [...new Set(form.getAll("call"))].filter((id) => CALL_ID.test(id));
      if (calls.length === 0) return { text: "Tick what you want to undo.", field: "calls" };
      if (calls.length > MAX_CALLS) return { text: `Tick ${MAX_CALLS} at most.`, field: "calls" };
      return { selection: { calls }, isAgain };
    }
    case "since": {
      const who = readWho(form.get("who") ?? "", deps.apps);
      if (who === undefined) return { text: "Choose whose changes you want to undo.", field: "who" };
      const since = readInstant(form.get("at") ?? "") ??
        readMoment(form.get("day") ?? "", form.get("time") || "00:00", deps.zone);
      if (since === undefined) return { text: "Say since when, by a day and a time.", field: "since-day" };
      if (since > deps.now) return { text: "This time has not come yet.", field: "since-day" };
      return { selection: { ...who, since: new Date(since).toISOString() }, isAgain };
    }
    default:
      return { text: "Tick what you want to undo.", field: "calls" };
  }
}

/** What a choice is read by. */
export interface ChoiceDeps {
  readonly apps: readonly PersonApp[];
  /** Milliseconds. */
  readonly now: number;
  readonly zone: string | undefined;
}

/** Calls of one undo (contract: auth-vault, section 13). */
const MAX_CALLS = 200;

/** The id of a call, or the name of what a writer wrote whom nobody can prove (lib/history/call_id.ts). */
export const CALL_ID = /^(?:[0-9a-f]{32}|~[\w-]{1,2047})$/;

/** Whose changes: an app of the person, whoever has their token, or a name that proves nothing. */
type Who = { readonly app: string | null; readonly name?: string };

function readWho(text: string, apps: readonly PersonApp[]): Who | undefined {
  const [kind = "", ...rest] = text.split(" ");
  const value = rest.join(" ");
  if (kind === "own") return { app: "" };
  if (kind === "app") return apps.some(({ key }) => key === value) ? { app: value } : undefined;
  const isName = kind === "name" && value !== "" && value.length <= MAX_NAME_CHARS;
  return isName ? { app: null, name: value } : undefined;
}

const MAX_NAME_CHARS = 200;

/** Whose changes, as a field of a form says it. */
export function writeWho(who: Who): string {
  return who.name === undefined ? who.app === "" ? "own" : `app ${who.app}` : `name ${who.name}`;
}

/** The name of whom a choice is about, for a sentence; `undefined` where calls were chosen one by one. */
export function whoWord(selection: Selection, apps: readonly PersonApp[]): string | undefined {
  if (!("since" in selection)) return undefined;
  const { app, name } = selection;
  if (name !== undefined) return `whoever calls itself “${plainName(name, CLIENT_NAME_LENGTH)}”`;
  if (app === "") return "an agent with your own token";
  return `“${apps.find(({ key }) => key === app)?.name ?? "an app"}”`;
}

/** The choice as one text. */
export function writeChoice(choice: UndoChoice): string {
  return JSON.stringify(choice);
}

/** The choice of a text that {@link writeChoice} made; `undefined` for another. */
export function parseChoice(text: string): UndoChoice | undefined {
  try {
    return Choice.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const Choice = z.strictObject({
  selection: z.union([
    z.strictObject({ calls: z.array(z.string().regex(CALL_ID)).min(1).max(MAX_CALLS) }),
    z.strictObject({ app: z.string().max(64), since: z.iso.datetime() }),
    z.strictObject({ app: z.null(), name: z.string().max(MAX_NAME_CHARS), since: z.iso.datetime() }),
  ]),
  isAgain: z.boolean(),
});
