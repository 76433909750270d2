// Serves the prompts on an SDK server of either era. MCP, server features, prompts.
import { describeRefusal, Refused } from "../../kit/errors.ts";
import { ProtocolError, type Server } from "../sdk.ts";
import { requestContextOf } from "./context_in_sdk.ts";
import type { PromptList } from "./prompt_list.ts";

/** How a server says that it has prompts. The list never changes while the gateway runs. */
export const PROMPT_CAPABILITIES = Object.freeze({ prompts: {} });

/** JSON-RPC: invalid params; what the specification wants for an unknown prompt and for missing or wrong arguments. */
const INVALID_PARAMS = -32602;

/** Adds `prompts/list` and `prompts/get`. */
export function handlePrompts(server: Server, prompts: PromptList): void {
  server.setRequestHandler("prompts/list", (_request, context) => ({
    prompts: prompts.listFor(requestContextOf(context).caller.principal).map((prompt) => ({
      name: prompt.name,
      title: prompt.title,
      description: prompt.description,
      arguments: prompt.arguments.map((argument) => ({ ...argument })),
    })),
  }));
  server.setRequestHandler("prompts/get", ({ params }, context) => {
    const prompt = prompts.find(params.name, requestContextOf(context).caller.principal);
    if (prompt === undefined) throw unknownPrompt();
    try {
      const text = prompts.textOf(prompt, params.arguments);
      return {
        description: prompt.description,
        messages: [{ role: "user" as const, content: { type: "text" as const, text } }],
      };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw new ProtocolError(INVALID_PARAMS, describeRefusal(error.refusal).message);
    }
  });
}

/** The error for a name that is no prompt, or no prompt for this caller: asking must not tell which. */
export function unknownPrompt(): ProtocolError {
  return new ProtocolError(INVALID_PARAMS, "Unknown prompt: see prompts/list for the names");
}
