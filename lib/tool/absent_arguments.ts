// Takes out of a tool's arguments what stands for "left out": clients that fill a strict schema send every argument, and
// `null` or an empty text for what nobody said. Checks nothing else.

import { z } from "zod";
import { isJsonObject } from "../kit/json.ts";

/**
 * The filter for one input. Only optional arguments are left out, and only where their schema does not take the value: a null
 * that takes a goal away stays. An empty text is left out where the schema takes no word either, so for days, choices and
 * numbers: an empty title or an empty content is a value, or a mistake to be told. The same holds for the members of objects and
 * of objects in lists.
 */
export function createAbsentArguments(shape: z.core.$ZodShape): AbsentArguments {
  const absent = new Map(EMPTY.map((value) => [value, new Set<string>()]));
  const inner = new Map<string, AbsentArguments>();
  for (const [name, schema] of Object.entries(shape)) {
    const within = createWithin(schema);
    if (within !== null) inner.set(name, within);
    const takes = (value: unknown): boolean => z.safeParse(schema, value).success;
    if (!takes(undefined)) continue;
    if (!takes(null)) absent.get(null)?.add(name);
    if (!takes("") && !takes("x")) absent.get("")?.add(name);
  }
  const isAbsent = (name: string, value: unknown): boolean => absent.get(value)?.has(name) === true;
  return (args) => {
    if (typeof args !== "object" || args === null || Array.isArray(args)) return args ?? {};
    const members = Object.entries(args);
    if (!members.some(([name, value]) => inner.has(name) || isAbsent(name, value))) return args;
    return Object.fromEntries(
      members.filter(([name, value]) => !isAbsent(name, value))
        .map(([name, value]) => [name, inner.get(name)?.(value) ?? value]),
    );
  };
}

/** The filter for a value that is an object, or a list of these; null for any other value. */
function createWithin(schema: z.core.$ZodType): AbsentArguments | null {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return createWithin(schema.unwrap());
  }
  if (schema instanceof z.ZodObject) {
    const withoutAbsent = createAbsentArguments(schema.shape);
    return (value) => isJsonObject(value) ? withoutAbsent(value) : value;
  }
  if (!(schema instanceof z.ZodArray)) return null;
  const within = createWithin(schema.element);
  return within && ((value) => Array.isArray(value) ? value.map(within) : value);
}

/** Takes out of the arguments of a call what stands for "left out". */
export type AbsentArguments = (args: unknown) => unknown;

/** Values that clients send for an argument that is left out. */
const EMPTY: readonly unknown[] = [null, ""];
