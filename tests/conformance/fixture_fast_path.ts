/**
 * The product's fast path over the fixture: its lists are what the SDK lists, and the tools that answer one text at once are
 * called directly. So the suite's scenarios go down it as the product's own requests do.
 */
import { z } from "zod";
import type { RequestContext } from "../../lib/people/request_context.ts";
import { createFastPath, type FastPath } from "../../lib/mcp/fast/fast_path.ts";
import type { Protocol } from "../../lib/mcp/protocol.ts";
import { hide } from "../../lib/kit/secret.ts";
import { defineTool } from "../../lib/tool/define_tool.ts";
import { modernRequest } from "../_support/mcp_request.ts";
import { FAILING_TEXT, SIMPLE_TEXT } from "./fixture_content.ts";

const Listed = z.object({
  result: z.object({ tools: z.array(z.looseObject({ name: z.string() })) }),
});
const Discovered = z.object({
  result: z.object({ capabilities: z.record(z.string(), z.looseObject({})) }),
});

const DIRECT: Readonly<Record<string, { readonly text: string; readonly isError: boolean }>> = {
  test_simple_text: { text: SIMPLE_TEXT, isError: false },
  test_error_handling: { text: FAILING_TEXT, isError: true },
};

/** What the fixture says of itself. */
export const FIXTURE_IDENTITY = Object.freeze({ name: "conformance-fixture", version: "1.0.0" });

/** Creates the path, asking `sdk` once for what it lists. */
export async function createFixtureFastPath(
  sdk: Protocol,
  requestContext: RequestContext,
): Promise<FastPath> {
  const ask = async (method: string): Promise<unknown> =>
    (await sdk.fetch(modernRequest(null, method), requestContext)).json();
  const { tools } = Listed.parse(await ask("tools/list")).result;
  const { capabilities } = Discovered.parse(await ask("server/discover")).result;
  await sdk.close();
  const list = {
    tools: [],
    meta: { "mana/etag": "fixture" },
    toolsJson: JSON.stringify(tools),
    etagJson: '"fixture"',
  };
  const stand = defineTool({
    name: "fixture.tool",
    title: "Fixture",
    access: "read",
    description: "Stands for a tool of the fixture.",
    input: z.object({}),
    output: z.object({}),
    run: () => Promise.resolve({}),
  });
  return createFastPath({
    registry: { getTool: (name) => name in DIRECT ? stand : undefined },
    gate: { shows: () => true },
    disclosure: { mayAsk: () => false },
    lists: { listFor: () => list },
    calls: {
      call({ name }) {
        const { text = "", isError = false } = DIRECT[name] ?? {};
        return Promise.resolve({ content: [{ type: "text", text }], ...(isError ? { isError } : {}) });
      },
    },
    server: { identity: FIXTURE_IDENTITY, capabilities, instructions: "" },
    operations: null,
    hide,
  });
}
