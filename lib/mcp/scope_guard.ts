// Answers calls outside the token's scopes with an HTTP challenge, before the SDK. Policy itself is lib/policy/gate.ts.
import type { Gate } from "../policy/gate.ts";
import { challengeScope, scopeFor } from "../people/scopes.ts";
import { Refused } from "../kit/errors.ts";
import type { ToolRegistry } from "../tool/tool_registry.ts";
import type { Tool } from "../tool/define_tool.ts";
import { isJsonObject } from "../kit/json.ts";
import type { Inspect } from "./inbound.ts";

/**
 * Creates the guard. It throws Refused `scope-missing` for a call outside the token's scopes: only an HTTP challenge (RFC 6750
 * section 3.1) makes a client ask the person for more. The call site would refuse the call in words for the model.
 */
export function createScopeGuard(deps: {
  readonly registry: ToolRegistry;
  readonly gate: Gate;
  /** The tool that reads the resource of an address; absent: there are no resources. */
  readonly readOf?: (uri: string) => Tool | undefined;
}): Inspect {
  return ({ message, requestContext }) => {
    const { principal } = requestContext.caller;
    const { method, params } = message;
    if (principal.scopes === null || !isJsonObject(params)) return;
    const { name, uri, arguments: args } = params;
    const named = method === "tools/call" && typeof name === "string"
      ? deps.registry.getTool(name)
      : method === "resources/read" && typeof uri === "string"
      ? deps.readOf?.(uri)
      : undefined;
    // Of a general tool's call the tool that it stands for: its scope is what the person has to be asked for.
    const tool = named?.standsFor?.(args)?.tool ?? named;
    if (tool !== undefined && !deps.gate.shows(tool, principal)) {
      const scope = scopeFor(tool);
      throw new Refused({
        reason: "scope-missing",
        scope,
        challenge: challengeScope(principal.scopes, scope),
      });
    }
  };
}
