// A persona's MCP client: the official one at revision 2026-07-28, as `persona-runner`. It lists tools and times calls; how a call is
// made stands in caller.ts. It never sees the personas key.
import {
  Client,
  fromJsonSchema,
  type JsonSchemaType,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { z } from "zod";
import type { Clock } from "../kit/clock.ts";
import { createAskedCall } from "./asked_on_page.ts";
import { type CallLeg, createCaller, LATE_ANSWER_MS } from "./caller.ts";
import { createManaLine, type ManaUser } from "./mana_line.ts";
import type { ManaCall, OfferedTool } from "./mana_call.ts";
import { moduleOf } from "./module_of.ts";
import type { Outcome } from "./outcome.ts";

/** Connects. Throws {@link NotConnected}, whatever the token source throws, and the signal's reason. */
export async function connectMana(deps: ManaDeps, who: ManaUser, signal: AbortSignal): Promise<Mana> {
  const line = createManaLine(deps, who);
  const client = new Client({ name: CLIENT_NAME, version: deps.version }, {
    // A client that can show no form: then the persona is asked on its own page.
    capabilities: who.page === undefined ? { elicitation: { form: {} } } : {},
    versionNegotiation: { mode: { pin: REVISION } },
  });
  const transport = new StreamableHTTPClientTransport(new URL(deps.url), { fetch: line.fetch });
  const asked = async <Answer>(work: Promise<Answer>): Promise<Answer> => {
    try {
      return await work;
    } catch (error) {
      signal.throwIfAborted();
      if (line.fault() !== undefined) throw line.fault();
      throw new NotConnected(line.status(), error instanceof Error ? error.name : "unknown");
    }
  };
  try {
    await asked(client.connect(transport, { timeout: CONNECT_MS, signal }));
  } catch (error) {
    await client.close();
    throw error;
  }
  const schemas = new Map<string, JsonSchemaType>();
  const deleting = new Set<string>();
  let pageFault: unknown;
  const caller = createCaller({ ...deps, client, line, fits: createFits(schemas) });
  const call = who.page === undefined ? caller : createAskedCall(caller, {
    page: who.page,
    deletes: (tool) => deleting.has(tool),
    clock: deps.clock,
    lateAnswerMs: deps.lateAnswerMs ?? LATE_ANSWER_MS,
    onFault: (error) => pageFault = error,
  });
  return Object.freeze({
    async tools(modules: readonly string[], signal: AbortSignal) {
      const tools = await listTools(async (profile) => {
        const headers = line.headersOf({ profile });
        return await asked(
          client.request({ method: "tools/list" }, { headers, signal, timeout: CONNECT_MS }),
        );
      }, modules);
      for (const { name, outputSchema, isDeleting } of tools) {
        if (outputSchema !== null) schemas.set(name, outputSchema);
        if (isDeleting) deleting.add(name);
      }
      return tools;
    },
    fault: () => line.fault() ?? pageFault,
    call,
    [Symbol.asyncDispose]: () => client.close(),
  });
}

/** A connection of one persona. `await using` ends it. */
export interface Mana extends AsyncDisposable {
  /**
   * What the gateway offers: its usual list, and beside it every tool of `modules`, out of the gateway's profiles. Throws
   * {@link NotConnected}.
   */
  tools(modules: readonly string[], signal: AbortSignal): Promise<readonly OfferedTool[]>;
  /** Makes one call, to its end. Never throws: what went wrong is an outcome, and so is a signal that ended. */
  call(call: ManaCall, signal: AbortSignal): Promise<ManaAnswer>;
  /** Why there is no token any more, or no page to answer on; undefined while all is well. */
  fault(): unknown;
}

/** What came of a call: its outcome, and every request that was made for it, the last of which says the same. */
export interface ManaAnswer {
  readonly outcome: Outcome;
  readonly legs: readonly CallLeg[];
}

/** Dependencies of {@link connectMana}. */
export interface ManaDeps {
  /** The gateway's endpoint, which ends with `/mcp`. */
  readonly url: string;
  readonly version: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** How late a late answer to the gateway's question comes; {@link LATE_ANSWER_MS} by default. */
  readonly lateAnswerMs?: number;
}

/** There is no gateway to talk to. */
export class NotConnected extends Error {
  override readonly name = "NotConnected";
  /** HTTP status of the last answer; 0 where there was none. */
  readonly status: number;

  constructor(status: number, cause: string) {
    super(`The gateway ${status === 0 ? "does not answer" : `answered ${status}`} (${cause})`);
    this.status = status;
  }
}

const CLIENT_NAME = "persona-runner";
const REVISION = "2026-07-28";
/** A gateway says at once what it can do. */
const CONNECT_MS = 20_000;

/** The gateway's profiles by groups of modules; a gateway without them shows the same list under each address. */
const PROFILES = ["daily", "people", "wellbeing", "leisure", "money", "home", "learning", "studio"] as const;

/** Asks for lists until every module of the mix was found, or nothing is left to ask for. */
async function listTools(ask: AskForList, modules: readonly string[]): Promise<readonly ListedOffer[]> {
  const found = new Map<string, ListedOffer>();
  const missing = new Set(modules);
  for (const profile of [null, ...PROFILES]) {
    if (profile !== null && missing.size === 0) break;
    for (const tool of await listOf(ask, profile)) {
      const offered = toOffered(tool, modules);
      if (profile !== null && !modules.includes(offered.module)) continue;
      if (!found.has(offered.name)) found.set(offered.name, offered);
      if (profile !== null) missing.delete(offered.module);
    }
  }
  return [...found.values()];
}

type AskForList = (profile: string | null) => Promise<unknown>;

/** One list; an empty one for a profile that the gateway does not know. */
async function listOf(ask: AskForList, profile: string | null) {
  try {
    return ToolList.parse(await ask(profile)).tools;
  } catch (error) {
    const isUnknown = error instanceof NotConnected && error.status >= 400 && error.status < 500;
    if (profile !== null && isUnknown && error.status !== 401 && error.status !== 429) return [];
    throw error;
  }
}

/** Whether a result fits the schema that the gateway lists for its tool. A schema is compiled when it is first needed. */
function createFits(
  schemas: ReadonlyMap<string, JsonSchemaType>,
): (tool: string, output: unknown) => boolean {
  const compiled = new Map<string, ReturnType<typeof fromJsonSchema>>();
  return (tool, output) => {
    const schema = schemas.get(tool);
    if (schema === undefined) return true;
    const check = compiled.get(tool) ?? fromJsonSchema(schema);
    compiled.set(tool, check);
    const judged = check["~standard"].validate(output);
    return !(judged instanceof Promise) && judged.issues === undefined;
  };
}

const Schema = z.record(z.string(), z.unknown());
const ListedTool = z.object({
  name: z.string(),
  description: z.string().default(""),
  inputSchema: Schema,
  outputSchema: Schema.optional(),
  annotations: z.object({ readOnlyHint: z.boolean().optional(), destructiveHint: z.boolean().optional() })
    .optional(),
});
const ToolList = z.object({ tools: z.array(ListedTool) });

interface ListedOffer extends OfferedTool {
  /** Whether it deletes (`destructiveHint`). */
  readonly isDeleting: boolean;
}

function toOffered(tool: z.infer<typeof ListedTool>, modules: readonly string[]): ListedOffer {
  const { name, description, inputSchema, outputSchema, annotations } = tool;
  return {
    name,
    module: moduleOf(name, modules),
    description,
    inputSchema,
    outputSchema: outputSchema ?? null,
    isReadOnly: annotations?.readOnlyHint === true,
    isDeleting: annotations?.destructiveHint === true,
  };
}
