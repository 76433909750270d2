// Takes out of a call what its client added for itself, before anything looks at the arguments: a question to the person, a hash by which
// a call is known again, a general tool that reads which tool is meant.
import { isJsonObject } from "../kit/json.ts";
import type { Hide } from "../kit/secret.ts";
import type { Tool } from "../tool/define_tool.ts";
import type { CallRequest } from "./call_request.ts";

/** The call without arguments of {@link CLIENTS_OWN} that are none of the tool's; the same call where there are none. */
export function withoutClientsOwn(
  request: CallRequest,
  tool: Pick<Tool, "inputSchema"> | undefined,
  hide: Hide,
): CallRequest {
  const args = request.args.reveal();
  if (tool === undefined || !isJsonObject(args)) return request;
  let own: Record<string, unknown> | null = null;
  for (const name of CLIENTS_OWN) {
    if (typeof args[name] !== "boolean" || isArgumentOf(tool, name)) continue;
    own ??= { ...args };
    delete own[name];
  }
  return own === null ? request : { ...request, args: hide<unknown>(own) };
}

/**
 * Arguments that clients add to every tool for themselves and send on all the same, with true or false. Gemini CLI tells its
 * models that they must set this one where a call depends on the call before (google-gemini/gemini-cli, issue 27403).
 */
const CLIENTS_OWN = ["wait_for_previous"] as const;

function isArgumentOf({ inputSchema: { properties } }: Pick<Tool, "inputSchema">, name: string): boolean {
  return isJsonObject(properties) && Object.hasOwn(properties, name);
}
