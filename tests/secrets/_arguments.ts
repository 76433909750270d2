import { z } from "zod";
import type { Tool } from "../../lib/tool/define_tool.ts";

const Property = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  pattern: z.string().optional(),
  items: z.looseObject({}).optional(),
  anyOf: z.array(z.looseObject({})).optional(),
  minimum: z.number().optional(),
});
type Property = z.infer<typeof Property>;

function propertiesOf(tool: Tool): [string, Property][] {
  const properties = z.record(z.string(), Property).parse(tool.inputSchema["properties"] ?? {});
  return Object.entries(properties);
}

/** Arguments that a tool accepts, with the mark wherever text is free. `id` names a record that exists. */
export function acceptedArguments(tool: Tool, mark: string, id: string): Record<string, unknown> {
  // A cursor is nobody's to write.
  const properties = propertiesOf(tool).filter(([name]) => name !== "cursor");
  return Object.fromEntries(
    properties.map(([name, property]) => [name, fitting(name, property, mark, id)]),
  );
}

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
      return [fitting(name, Property.parse(property.items ?? {}), mark, id)];
    case "boolean":
      return false;
    case "integer":
    case "number":
      return Math.max(1, property.minimum ?? 1);
    default:
      return mark;
  }
}
