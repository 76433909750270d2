// JSON as `deno fmt` leaves it: a list or an object stands on one line where the line has room for it. Shorter to read than one line a word.

/** Longest line, as deno.json has it. */
const LINE_CHARS = 110;

/** The text of a value; `indent` is how many spaces its closing bracket stands in, `taken` how much of its line is taken already. */
export function compactJson(value: unknown, indent = 0, taken = 0): string {
  const line = oneLine(value);
  if (taken + line.length <= LINE_CHARS || typeof value !== "object" || value === null) return line;
  const inner = " ".repeat(indent + 2);
  const isList = Array.isArray(value);
  const members = isList
    ? value.map((one: unknown) => inner + compactJson(one, indent + 2, indent + 3))
    : Object.entries(value).map(([name, one]) => {
      const head = `${inner}${JSON.stringify(name)}: `;
      return head + compactJson(one, indent + 2, head.length + 1);
    });
  const [open, close] = isList ? "[]" : "{}";
  return `${open}\n${members.join(",\n")}\n${" ".repeat(indent)}${close}`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${oneLine(one)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
