// One call of a tool at a gateway that may not be there.
import { z } from "zod";
import { modernRequest } from "../../tests/_support/mcp_request.ts";

/** One call; `no answer` where the gateway was killed or is not there. */
export async function callOnce(url: string, token: string, call: AnyCall, ids: string[]): Promise<string> {
  const request = modernRequest(token, "tools/call", { name: call.name, arguments: call.args }, { url });
  request.headers.set("connection", "close");
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(60_000) });
    const { success, data } = Answer.safeParse(await response.json());
    if (!success || data.result === undefined) return "no answer";
    const { id } = data.result.structuredContent?.note ?? {};
    if (id !== undefined && ids.length < 100) ids.push(id);
    return "answered";
  } catch {
    return "no answer";
  }
}

/** A call of a tool. */
export interface AnyCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

const Answer = z.object({
  result: z.object({
    isError: z.boolean().optional(),
    structuredContent: z.object({ note: z.object({ id: z.string() }).optional() }).optional(),
  }).optional(),
});
