import { z } from "zod";

/** One tool as `McpServer.registerTool` takes it. */
export interface DocumentedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: z.ZodObject;
  readonly outputSchema: z.ZodObject;
}

/**
 * The eleven tools in zod, as somebody would write them who follows the SDK's documentation: within the function that makes
 * the server of a request, so that the schemas are made for each request as well.
 *
 * @param describe the description of a tool by its name, as the gateway has it
 */
export function documentedTools(
  describe: (name: string) => { readonly title: string; readonly description: string },
): DocumentedTool[] {
  const tool = (name: string, inputSchema: z.ZodObject, outputSchema: z.ZodObject): DocumentedTool => ({
    name,
    ...describe(name),
    inputSchema,
    outputSchema: outputSchema.extend({ remarks: z.array(z.string()).optional() }),
  });
  const record = <Shape extends z.ZodRawShape>(fields: Shape) =>
    z.object({
      ...fields,
      id: z.string(),
      createdAt: z.string().nullable(),
      updatedAt: z.string().nullable(),
      unreadable: z.array(z.string()).optional().describe(
        "fields that cannot be read with this person's key",
      ),
      clipped: z.array(z.string()).optional().describe("fields of which only the beginning is given"),
    });
  const pageInput = (most: number, usual: number) => ({
    limit: z.int().min(1).max(most).default(usual),
    cursor: z.string().optional().describe(
      "nextCursor of the page before; other arguments as then",
    ),
  });
  const pageOutput = { hasMore: z.boolean(), nextCursor: z.string().optional(), unreadable: z.number() };
  const changed = z.object({ ok: z.literal(true), changed: z.boolean() });

  const habit = record({
    title: z.string().optional(),
    icon: z.string().optional(),
    color: z.string().optional(),
    targetPerDay: z.number().nullable().optional(),
    defaultDuration: z.number().nullable().optional(),
    order: z.number().optional(),
    isArchived: z.boolean().optional(),
  });
  const habitId = z.string().min(1).max(256).describe("the habit's id, exactly as habits_list gives it");
  const habitTitle = z.string().min(1).max(120).describe("what the habit is called");
  const icon = z.string().min(1).max(40).describe("icon name, e.g. star, drop, book-open, barbell, moon");
  const color = z.string().regex(/^#[0-9a-fA-F]{6}$/).describe("hex colour such as #6366f1");
  const target = z.int().min(1);
  const duration = z.int().min(1);

  const timeZone = z.string().max(64).optional().describe("the person's IANA time zone, where it is known");
  const priority = z.enum(["low", "medium", "high", "urgent"]);
  const task = record({
    title: z.string().optional(),
    description: z.string().nullable().optional(),
    priority: priority.optional(),
    isCompleted: z.boolean().optional(),
    completedAt: z.string().nullable().optional(),
    dueDate: z.string().nullable().optional(),
    order: z.number().optional(),
    subtasks: z.array(z.looseObject({ title: z.string(), isCompleted: z.boolean().default(false) }))
      .nullable()
      .optional(),
  });
  const note = record({
    title: z.string().optional(),
    content: z.string().optional(),
    color: z.string().nullable().optional(),
    isPinned: z.boolean().optional(),
    isArchived: z.boolean().optional(),
  });
  const mood = z.enum([
    "dankbar",
    "glücklich",
    "zufrieden",
    "neutral",
    "nachdenklich",
    "traurig",
    "gestresst",
    "wütend",
  ]);
  const entry = record({
    title: z.string().nullable().optional(),
    content: z.string().optional(),
    entryDate: z.string().optional(),
    mood: mood.nullable().optional(),
    tags: z.array(z.string()).optional(),
    isPinned: z.boolean().optional(),
    isArchived: z.boolean().optional(),
    isFavorite: z.boolean().optional(),
    wordCount: z.number().optional(),
  });
  const space = z.object({
    id: z.string().describe("value for the X-Mana-Space header"),
    name: z.string().optional(),
    slug: z.string().optional(),
    type: z.enum(["personal", "brand", "club", "family", "team", "practice"]).optional(),
    role: z.string().optional(),
  });

  return [
    tool(
      "habits_create",
      z.strictObject({
        title: habitTitle,
        icon: icon.default("star"),
        color: color.default("#6366f1"),
        targetPerDay: target.optional().describe("how often per day"),
        defaultDuration: duration.optional().describe("seconds one entry takes"),
      }),
      z.object({ habit }),
    ),
    tool(
      "habits_list",
      z.strictObject({
        includeArchived: z.boolean().default(false).describe("also list archived habits"),
        ...pageInput(500, 500),
      }),
      z.object({ habits: z.array(habit), ...pageOutput }),
    ),
    tool(
      "habits_update",
      z.strictObject({
        id: habitId,
        title: habitTitle.optional(),
        icon: icon.optional(),
        color: color.optional(),
        targetPerDay: target.nullable().optional().describe("how often per day; null takes the goal away"),
        defaultDuration: duration.nullable().optional()
          .describe("seconds one entry takes; null takes them away"),
      }),
      changed,
    ),
    tool(
      "habits_archive",
      z.strictObject({ id: habitId, archived: z.boolean().default(true).describe("false brings it back") }),
      changed,
    ),
    tool(
      "todo_create",
      z.strictObject({
        title: z.string().min(1).max(500).describe("what is to be done"),
        description: z.string().max(10_000).optional().describe("longer text"),
        priority: priority.default("medium"),
        dueDate: z.string().max(40).optional()
          .describe("day it is due, YYYY-MM-DD; a date-time is kept as its day"),
        timeZone,
      }),
      z.object({ task }),
    ),
    tool(
      "todo_list",
      z.strictObject({
        includeCompleted: z.boolean().default(false).describe("also list completed tasks"),
        ...pageInput(500, 50),
      }),
      z.object({ tasks: z.array(task), ...pageOutput }),
    ),
    tool(
      "todo_complete",
      z.strictObject({
        id: z.string().min(1).max(256).describe("the task's id, exactly as todo_list gives it"),
      }),
      changed,
    ),
    tool(
      "notes_create",
      z.strictObject({
        title: z.string().min(1).max(500).describe("heading"),
        content: z.string().max(200_000).default("").describe("body"),
        color: z.string().regex(/^#[0-9a-fA-F]{6}$/).optional()
          .describe("hex tint such as #fde68a"),
        isPinned: z.boolean().default(false).describe("keep on top"),
      }),
      z.object({ note }),
    ),
    tool(
      "notes_search",
      z.strictObject({
        query: z.string().max(500).default("").describe("words to look for"),
        includeArchived: z.boolean().default(false).describe("also search archived notes"),
        ...pageInput(100, 20),
      }),
      z.object({
        notes: z.array(note.omit({ content: true }).extend({ snippet: z.string().optional() })),
        ...pageOutput,
      }),
    ),
    tool(
      "journal_add",
      z.strictObject({
        title: z.string().min(1).max(500).optional().describe("optional heading"),
        content: z.string().min(1).max(200_000).describe("the text"),
        entryDate: z.string().optional().describe("the day described, YYYY-MM-DD"),
        timeZone,
        mood: mood.optional(),
        tags: z.array(z.string().min(1).max(100)).max(50).default([]).describe("free-text tags"),
      }),
      z.object({ entry, timeZone: z.string() }),
    ),
    tool(
      "spaces_list",
      z.strictObject({}),
      z.object({
        spaces: z.array(space),
        activeSpaceId: z.string().nullable(),
        note: z.string().optional().describe("what is missing here, and why"),
      }),
    ),
  ];
}
