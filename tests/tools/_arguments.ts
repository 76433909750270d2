// Arguments for every tool, made from its schema: for tests of what all tools do alike.
import { z } from "zod";
import type { Tool } from "../../lib/tool/define_tool.ts";

/** A schema within the input of a tool, as clients see it. */
export type Node = z.infer<typeof Node>;

const Node = z.looseObject({
  type: z.string().optional(),
  description: z.string().default(""),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  minimum: z.number().optional(),
  anyOf: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  minItems: z.number().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).default([]),
});

/** What a schema cannot say: values that fit a rule of the tool, by the name of the argument. */
const GOOD: Readonly<Record<string, unknown>> = {
  startDate: "2026-02-27T10:00",
  startedAt: "2026-02-27T10:00",
  endedAt: "2026-02-27T11:00",
  start: "2026-02-27T10:00",
  end: "2026-02-27T11:00",
  bedtime: "2026-02-27T22:00",
  wakeTime: "2026-02-28T07:00",
  at: "2026-02-27T10:00",
  day: "2026-02-27",
  date: "2026-02-27",
  slug: "mein-garten",
  path: "/beete",
  color: "#112233",
  timeZone: "Europe/Berlin",
  options: [{ text: "a", isCorrect: true }, { text: "b" }],
};

/** What tools need besides, or otherwise than the name of the argument says. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "contacts.create": { firstName: "Ida" },
  "calendar.save_calendar": { name: "x" },
  "todo.schedule": { start: "2026-03-04" },
  "todo.remind": { minutesBefore: 5 },
  "todo.save_project": { name: "x" },
  "calendar.update": { title: "x" },
  "invoices.update": { subject: "x" },
  "tags.save": { name: "x" },
  "library.create": { startedAt: "2026-02-27" },
  "library.update": { review: "x" },
  "sleep.log": { bedtime: "2026-02-27T22:00", wakeTime: "2026-02-28T07:00", quality: 3 },
  "body.check": { energy: 3 },
  "period.log": { flow: "none" },
  "times.save_project": { name: "x" },
  "finance.save_category": { name: "x", type: "income" },
  "invoices.create": { client: { name: "x" }, lines: [{ title: "x", quantity: 1, unitPrice: 1 }] },
  "inventory.save_place": { kind: "collection", name: "x" },
  "photos.save_album": { name: "x" },
  "stretch.log": { routineName: "x" },
  "skilltree.save": { name: "x" },
  "questions.answer": { content: "x" },
  "guides.run": { action: "finish", runId: "none" },
  "quiz.set_questions": { add: [{ type: "text", questionText: "x", options: [{ text: "x" }] }] },
  "broadcasts.save": { name: "x", fromName: "x", fromEmail: "x@garten.test" },
  "website.save_page": { siteId: "none", path: "/x", title: "x" },
  "tags.assign": { module: "notes", add: ["tag-familie"] },
  "events.items": { remove: ["none"] },
  "events.guests": { guests: [{ name: "x" }] },
  "links.save": { from: { module: "notes", id: "a" }, to: { module: "notes", id: "b" } },
  "mail.save_draft": { subject: "x" },
  "missions.feedback": { iterationId: "x", feedback: "x" },
  "storage.organise": { kind: "file", name: "x" },
  "profile.update": { goals: ["x"] },
};

/** The arguments of a tool by their names. */
export function propertiesOf({ inputSchema }: Pick<Tool, "inputSchema">): [string, Node][] {
  const { properties = {} } = Node.parse(inputSchema);
  return Object.entries(properties).map(([name, node]) => [name, Node.parse(node)]);
}

/** Arguments with which a call of a tool gets past its schema, and means a change where the tool changes something. */
export function argumentsOf(tool: Tool): Record<string, unknown> {
  const { required } = Node.parse(tool.inputSchema);
  const all = propertiesOf(tool);
  const args = Object.fromEntries(
    all.filter(([name]) => required.includes(name)).map(([name, node]) => [name, good(name, node)]),
  );
  const isChange = tool.access === "write" && Object.keys(args).join() === "id" &&
    NEEDED[tool.name] === undefined;
  const [first] = isChange ? all.filter(([name, { type }]) => name !== "id" && type !== "object") : [];
  return {
    ...args,
    ...(first === undefined ? {} : { [first[0]]: good(...first) }),
    ...NEEDED[tool.name],
  };
}

/** Whether an argument is the id of a record, as other tools give it. */
export function isRecordId({ description }: Node): boolean {
  return /^the .+'s id, exactly as \{/.test(description);
}

function good(name: string, node: Node): unknown {
  if (name in GOOD) return GOOD[name];
  if (node.enum !== undefined) return node.enum[0];
  if (node.const !== undefined) return node.const;
  switch (node.type) {
    case "string":
      return "x";
    case "integer":
    case "number":
      return Math.max(node.minimum ?? 1, 1);
    case "boolean":
      return true;
    case "array":
      return (node.minItems ?? 0) > 0 ? [good("", Node.parse(node.items))] : [];
    default: {
      const { properties = {}, required } = node;
      return Object.fromEntries(
        required.map((member) => [member, good(member, Node.parse(properties[member]))]),
      );
    }
  }
}
