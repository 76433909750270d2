import { z } from "zod";

/**
 * Takes out of a tool's arguments what stands for "left out". Clients that fill a strict schema send every argument, and
 * `null` or an empty text for what nobody said.
 */
export type AbsentArguments = (args: unknown) => unknown;

/** Values that clients send for what is left out. */
const EMPTY: readonly unknown[] = [null, ""];

/**
 * Creates the filter for one input. An argument is left out where it may be, and where its schema takes no such value: null
 * that takes a goal away stays. An empty text is left out where no word is taken either, so for days, choices and numbers:
 * an empty title or an empty content is a value, or a mistake to be told.
 */
export function createAbsentArguments(shape: z.ZodRawShape): AbsentArguments {
  const absent = new Map(EMPTY.map((value) => [value, new Set<string>()]));
  for (const [name, schema] of Object.entries(shape)) {
    const takes = (value: unknown): boolean => z.safeParse(schema, value).success;
    if (!takes(undefined)) continue;
    if (!takes(null)) absent.get(null)?.add(name);
    if (!takes("") && !takes("x")) absent.get("")?.add(name);
  }
  const isAbsent = (name: string, value: unknown): boolean => absent.get(value)?.has(name) === true;
  return (args) => {
    if (typeof args !== "object" || args === null || Array.isArray(args)) return args ?? {};
    const members = Object.entries(args);
    if (!members.some(([name, value]) => isAbsent(name, value))) return args;
    return Object.fromEntries(members.filter(([name, value]) => !isAbsent(name, value)));
  };
}
