// Arguments with a mark in them: such as a tool accepts, so that the mark gets to where its records are written, and such as no tool
// accepts.
import { z } from "zod";
import type { Tool } from "../../lib/tool/define_tool.ts";

const Property = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  pattern: z.string().optional(),
  items: z.looseObject({}).optional(),
  anyOf: z.array(z.looseObject({})).optional(),
  properties: z.record(z.string(), z.looseObject({})).optional(),
  minimum: z.number().optional(),
});
type Property = z.infer<typeof Property>;

function propertiesOf(tool: Tool): [string, Property][] {
  const properties = z.record(z.string(), Property).parse(tool.inputSchema["properties"] ?? {});
  return Object.entries(properties);
}

/** Arguments that fit the schema of a tool, with the mark wherever text is free. `id` names a record that exists. */
export function acceptedArguments(tool: Tool, mark: string, id: string): Record<string, unknown> {
  // A cursor is nobody's to write, and what is emptied is given no value.
  const properties = propertiesOf(tool).filter(([name]) => name !== "cursor" && name !== "clear");
  return Object.fromEntries(
    properties.map(([name, property]) => [name, fitting(name, property, mark, id)]),
  );
}

/**
 * The arguments after a refusal: what the words name gets a value of the kind that they ask for, or is left out. Null where the
 * words name nothing more that could be changed.
 */
export function repairedArguments(
  args: Readonly<Record<string, unknown>>,
  words: string,
  mark: string,
): Record<string, unknown> | null {
  const before = JSON.stringify(args);
  const repaired = { ...args };
  for (const name of Object.keys(args)) {
    const at = words.search(new RegExp(`(?:^|[ ,])${name}(?:\\.[\\w.]+)?(?:, \\w+)*: `));
    if (at < 0) continue;
    const problem = words.slice(at).split("; ")[0] ?? "";
    const value = KINDS.find(([kind]) => kind.test(problem))?.[1];
    if (value === undefined || problem.includes(`${name}.`) || repaired[name] === value) {
      delete repaired[name];
    } else repaired[name] = value;
  }
  // An id of something that is not there.
  if (/^No .* with id "/.test(words)) {
    for (const [name, value] of Object.entries(repaired)) {
      if (name !== "id" && JSON.stringify(value)?.includes(mark) && /Ids?$/.test(name)) delete repaired[name];
    }
  }
  return JSON.stringify(repaired) === before ? null : repaired;
}

/** By what a refusal says of an argument. */
const KINDS: readonly (readonly [RegExp, unknown])[] = [
  [/YYYY-MM-DDTHH:mm/, "2026-02-01T09:00"],
  [/YYYY-MM-DD/, "2026-02-01"],
  [/IANA time zone/, "Europe/Berlin"],
  [/HH:mm/, "07:30"],
  [/FREQ=/, "FREQ=DAILY"],
  [/email address/, "anna@example.test"],
  [/a-z, 0-9 and hyphens/, "a-slug"],
  [/segments such as/, "/about"],
  [/expected true/, true],
];

/** Arguments with the mark in every field, whether the field takes text or not, and in a field nobody asked for. */
export function markedArguments(tool: Tool, mark: string): Record<string, unknown> {
  const marked = propertiesOf(tool).map((
    [name],
    index,
  ) => [name, [mark, { [mark]: mark }, [mark]][index % 3]]);
  return { ...Object.fromEntries(marked), [mark]: mark };
}

function fitting(name: string, property: Property, mark: string, id: string): unknown {
  if (name === "id") return id;
  if (name.endsWith("Date")) return "2026-03-01";
  if (property.const !== undefined) return property.const;
  if (property.enum !== undefined) return property.enum[0];
  if (property.pattern !== undefined) return "#a1b2c3";
  if (property.anyOf !== undefined) {
    const [first] = z.array(Property).parse(property.anyOf);
    return first === undefined ? null : fitting(name, first, mark, id);
  }
  switch (property.type) {
    case "string":
      return mark;
    case "array":
      return [fitting("item", Property.parse(property.items ?? {}), mark, id)];
    case "object":
      return Object.fromEntries(
        Object.entries(property.properties ?? {}).filter(([member]) => member !== "id").map((
          [member, of],
        ) => [
          member,
          fitting(member, Property.parse(of), mark, id),
        ]),
      );
    case "boolean":
      return false;
    case "integer":
    case "number":
      return Math.max(1, property.minimum ?? 1);
    default:
      return mark;
  }
}
