// What an archetype is: for each module a table of deeds, and what a deed needs and gives. A deed is chosen by chance and by what the
// persona sees in its own lists, never by an id or a time: so the same seed gives the same day.
import type { Wish } from "../brain/brain.ts";
import type { Random } from "../kit/random.ts";
import { signed } from "./sign_off.ts";

/** One archetype. */
export interface Behaviour {
  /** As the catalogue names it. */
  readonly archetype: string;
  /** How many calls a day has, least and most. */
  readonly calls: readonly [number, number];
  /** Module → what people of this archetype do there. */
  readonly deeds: Readonly<Record<string, readonly Deed[]>>;
}

/** Something that a person does now and then. */
export interface Deed {
  /** The tool that it takes. */
  readonly tool: string;
  /** How often, beside the other deeds of the module. */
  readonly weight: number;
  /** Which of the persona's own records it is done to; null where it needs none. */
  readonly to: ((row: Row) => boolean) | null;
  /** The call. `row` is the record where the deed needs one. */
  readonly wish: (making: Making) => Pick<Wish, "args" | "answer">;
}

/** A record, as a list shows it. */
export interface Row {
  readonly id: string;
  readonly [member: string]: unknown;
}

/** What a deed is made of. */
export interface Making {
  /** Name of the persona. */
  readonly name: string;
  /** `YYYY-MM-DD`, in the persona's zone. */
  readonly today: string;
  readonly random: Random;
  /** The chosen record; one without members where the deed needs none. */
  readonly row: Row;
}

/** Phrases, at least one. */
export type Phrases = readonly [string, ...string[]];

/** Any of the phrases, with the persona's sign-off. */
export function say({ random, name }: Making, phrases: Phrases): string {
  return signed(random.pick(phrases), name);
}

/** A day so many days after today. */
export function dayFrom({ today }: Making, days: number): string {
  return new Date(Date.parse(`${today}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A deed that needs no record. */
export function deed(tool: string, weight: number, args: (making: Making) => Wish["args"]): Deed {
  return { tool, weight, to: null, wish: (making) => ({ args: args(making) }) };
}

/** A deed to one of the persona's records: its id is the first argument. */
export function deedTo(
  tool: string,
  weight: number,
  to: (row: Row) => boolean,
  args: (making: Making) => Wish["args"] = () => ({}),
): Deed {
  return { tool, weight, to, wish: (making) => ({ args: { id: making.row.id, ...args(making) } }) };
}

/** Deletes a record, and says yes when asked. */
export function deletion(tool: string, weight: number, to: (row: Row) => boolean = () => true): Deed {
  return { ...deedTo(tool, weight, to), wish: ({ row }) => ({ args: { id: row.id }, answer: "yes" }) };
}
