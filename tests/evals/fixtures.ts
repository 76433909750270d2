// The world in which wishes are granted: a Sunday, the 1st of March 2026, with a few records that the wishes speak of.
import { callOk } from "../_support/mcp.ts";
import { recordOf } from "../_support/listed.ts";
import { MCP_URL, modernRequest } from "../_support/mcp_request.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import { z } from "zod";

/** A world with somebody who has records. */
export interface WishWorld extends World {
  readonly anna: Person;
  /** Ids by the words that stand for them: `$milk`. */
  readonly ids: ReadonlyMap<string, string>;
  /** The tools that a connection with this profile is shown. */
  shown(profile: string): Promise<readonly ShownTool[]>;
  /** What a connection with this profile is told of the server. */
  instructions(profile: string): Promise<string>;
  /** Calls a tool as a client does that was shown this profile. Null where it is done or the person is asked, else the refusal. */
  call(profile: string, tool: string, args: Readonly<Record<string, unknown>>): Promise<Answered>;
}

/** What a call answered. */
export interface Answered {
  /** Why it was refused; null where it was done, or where the person is asked first. */
  readonly refusal: string | null;
  readonly text: string;
}

/** A tool as a model is shown it. */
export type ShownTool = z.infer<typeof ShownTool>;
const ShownTool = z.looseObject({
  name: z.string(),
  title: z.string().default(""),
  description: z.string(),
  inputSchema: z.record(z.string(), z.unknown()),
});

const Made = z.looseObject({ id: z.string() });
const Listed = z.looseObject({ result: z.looseObject({ tools: z.array(ShownTool) }) });
const Discovered = z.looseObject({ result: z.looseObject({ instructions: z.string() }) });
const Called = z.looseObject({
  result: z.looseObject({
    isError: z.boolean().optional(),
    content: z.array(z.looseObject({ text: z.string().optional() })).optional(),
  }).optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});

/** Creates it. */
export async function createWishWorld(): Promise<WishWorld> {
  const world = await createWorld({ env: { RATE_LIMIT_WRITES: "0", RATE_LIMIT_READS: "0" } });
  const anna = await world.person("anna");
  const made = async (tool: string, args: Record<string, unknown>, name: string) =>
    recordOf(await callOk(world, anna, tool, args), name).id;
  const ben = await callOk(world, anna, "contacts_create", { firstName: "Ben", birthday: "1990-05-01" });
  const ids = new Map([
    ["$milk", await made("todo_create", { title: "Buy milk", dueDate: "2026-03-02T10:00" }, "task")],
    ["$tax", await made("todo_create", { title: "Tax return", dueDate: "2026-02-20" }, "task")],
    ["$entry", await made("journal_add", { content: "A cake!", entryDate: "2026-02-14" }, "entry")],
    ["$habit", await made("habits_create", { title: "Meditate" }, "habit")],
    ["$note", await made("notes_create", { title: "Moving house", content: "Boxes" }, "note")],
    ["$ben", Made.parse(ben).id],
  ]);
  const send = async (profile: string, method: string, params: Record<string, unknown>) => {
    const request = modernRequest(anna.token, method, params, {
      url: `${MCP_URL}?profile=${profile}`,
      // A client that can ask: a deletion then ends in a question, and deletes nothing.
      meta: { "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } } },
    });
    return await (await world.gateway.fetch(request)).text();
  };
  return Object.assign(world, {
    anna,
    ids,
    async shown(profile: string) {
      return Listed.parse(JSON.parse(await send(profile, "tools/list", {}))).result.tools;
    },
    async instructions(profile: string) {
      return Discovered.parse(JSON.parse(await send(profile, "server/discover", {}))).result.instructions;
    },
    async call(profile: string, name: string, args: Readonly<Record<string, unknown>>) {
      const text = await send(profile, "tools/call", { name, arguments: args });
      const { result, error } = Called.parse(JSON.parse(text));
      const words = (result?.content ?? []).map((content) => content.text ?? "").join("\n");
      return { refusal: error?.message ?? (result?.isError === true ? words : null), text: words };
    },
  });
}
