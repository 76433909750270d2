/**
 * The server that the official conformance suite runs against: the product's own protocol and guard, with the tools,
 * resources and prompts that the suite asks for in place of ours. Listens on 127.0.0.1 and prints its URL.
 */
import { createClock } from "../../lib/kit/clock.ts";
import { createRequestStateCodec, InMemoryServerEventBus, McpServer } from "@modelcontextprotocol/server";
import { Refused } from "../../lib/kit/errors.ts";
import { refusalResponse } from "../../lib/http/refusal_response.ts";
import { createHostGuard } from "../../lib/entry/host_guard.ts";
import { createProtocol } from "../../lib/mcp/protocol.ts";
import type { McpServerFactory } from "../../lib/mcp/sdk.ts";
import { requestContextFor } from "../_support/request_context.ts";
import { registerContentTools } from "./fixture_content.ts";
import { registerDialogueTools } from "./fixture_dialogue.ts";
import { createFixtureFastPath, FIXTURE_IDENTITY } from "./fixture_fast_path.ts";
import { registerInputRequiredTools, type RoundState } from "./fixture_input_required.ts";
import { registerPrompts } from "./fixture_prompts.ts";
import { registerResources } from "./fixture_resources.ts";

/** Everybody is this person: the suite sends no tokens. */
const CONTEXT = requestContextFor("fixture");

/** Creates the fixture as a handler for `Deno.serve`, with the product's fast path over some of its tools or without. */
export async function createFixture(withFastPath: boolean): Promise<(request: Request) => Promise<Response>> {
  const bus = new InMemoryServerEventBus();
  const codec = createRequestStateCodec<RoundState>({ key: crypto.getRandomValues(new Uint8Array(32)) });
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 50));
  const guard = createHostGuard({ allowedHosts: ["127.0.0.1", "localhost"], corsOrigins: [] });
  const factory: McpServerFactory = () => {
    const server = new McpServer({ ...FIXTURE_IDENTITY }, {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        logging: {},
        completions: {},
      },
      requestState: { verify: codec.verify },
    });
    registerContentTools(server);
    registerDialogueTools(server, pause);
    registerInputRequiredTools(server, codec);
    registerPrompts(server);
    registerResources(server);
    for (const kind of ["tools_list_changed", "prompts_list_changed"] as const) {
      const name = kind === "tools_list_changed" ? "test_trigger_tool_change" : "test_trigger_prompt_change";
      server.registerTool(name, { description: "Announces a changed list" }, () => {
        bus.publish({ kind });
        return { content: [{ type: "text", text: "Announced" }] };
      });
    }
    return server;
  };
  const server = {
    clock: createClock({ calendar: Date.now, elapsed: () => performance.now() }),
    onError: () => {},
    bus,
    factory,
  };
  const protocol = createProtocol(
    withFastPath
      ? {
        ...server,
        fastPath: await createFixtureFastPath(createProtocol(server), CONTEXT),
      }
      : server,
  );
  return async (request) => {
    try {
      const refused = guard(request);
      return refused === undefined ? await protocol.fetch(request, CONTEXT) : refusalResponse(refused);
    } catch (error) {
      if (error instanceof Refused) return refusalResponse(error.refusal);
      throw error;
    }
  };
}

if (import.meta.main) {
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => Deno.stdout.writeSync(new TextEncoder().encode(`http://127.0.0.1:${port}/mcp\n`)),
  }, await createFixture(!Deno.args.includes("--sdk-only")));
}
