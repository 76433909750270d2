// One call of an app in a person's words: who, and what it did. What other people or apps wrote stands between quotation marks, and is
// escaped by the page.
import type { Call, Row } from "../../gateway/answers.ts";
import { CLIENT_NAME_LENGTH } from "../../kit/limits.ts";
import { plainName } from "../../kit/plain_name.ts";
import type { PersonApp } from "../../oauth/grants/person_apps.ts";
import { sharedSpaceWord } from "../format_values.ts";

/** Who wrote, as the page tells it. */
export interface Writer {
  /** The same for calls that stand under one heading. */
  readonly key: string;
  /** The heading, and the beginning of a sentence. */
  readonly name: string;
  /** Whether nobody can prove who it was. */
  readonly isUncertain: boolean;
}

/** Who made a call. Names are those that this server has of the person's own apps; a name that proves nothing is quoted as such. */
export function writerOf({ writer, app, name }: Call, apps: readonly PersonApp[]): Writer {
  const said = plainName(name, CLIENT_NAME_LENGTH);
  switch (writer) {
    case "app": {
      const known = apps.find(({ key }) => key === app);
      return {
        key: `app ${app ?? said}`,
        name: `“${known?.name ?? (said || "An app")}”`,
        isUncertain: false,
      };
    }
    case "own": {
      const alias = said === "" ? "" : ` (it calls itself “${said}”)`;
      return { key: `own ${said}`, name: `An agent with your own token${alias}`, isUncertain: false };
    }
    case "undo":
      return { key: "undo", name: "Put back by an undo", isUncertain: false };
    case "unverified": {
      const alias = said === "" ? "" : `: it calls itself “${said}”`;
      return { key: `unverified ${said}`, name: `Not certain who${alias}`, isUncertain: true };
    }
  }
}

/** What a call did, in a few words: `made the note “Shopping”`, `made 3 notes`, `changed 4 things`. */
export function deedWord(
  { rows, rowCount, toolTitle }: Pick<Call, "rows" | "rowCount" | "toolTitle">,
): string {
  const [first] = rows;
  if (first === undefined) return toolTitle ?? "wrote something";
  if (rowCount === 1) return `${DONE[first.op]} ${thingWord(first)}`;
  const isAll = rowCount === rows.length;
  const isSame = isAll && rows.every(({ op }) => op === first.op);
  return `${isSame ? DONE[first.op] : "changed"} ${rowCount} things`;
}

/** A record with its name: `the note “Shopping”`. */
export function thingWord({ record, title }: Pick<Row, "record" | "title">): string {
  if (title !== null && title !== "") return `the ${record} ${titleWord(title)}`;
  return `${/^[aeiou]/.test(record) ? "an" : "a"} ${record}`;
}

/** The name of a record between quotation marks. A name that runs from right to left must not turn the words around it. */
export function titleWord(title: string): string {
  return RIGHT_TO_LEFT.test(title) ? `“\u2068${title}\u2069”` : `“${title}”`;
}

/** Hebrew, Arabic and their neighbours. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufefc]/;

/** What was done to a record. */
export const DONE: Readonly<Record<Row["op"], string>> = {
  insert: "made",
  update: "changed",
  delete: "deleted",
  restore: "brought back",
};

/** A space, in the middle of a sentence; `undefined` for the person's own, which needs no word. */
export function placeOf({ space }: Pick<Call, "space">): string | undefined {
  return space.kind === "personal" ? undefined : sharedSpaceWord(space);
}

/** Some of a number of things: `1 thing`, `12 things`. */
export function countWord(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A text that begins a line. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
