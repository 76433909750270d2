import type { Gate } from "../policy/gate.ts";
import { scopeFor, scopeUnion } from "../policy/scopes.ts";
import { Refused } from "../errors.ts";
import type { Registry } from "../registry.ts";
import { isJsonObject } from "../http/strict_json.ts";
import type { InboundMessage } from "./protocol.ts";

/** Dependencies of {@link createScopeGuard}. */
export interface ScopeGuardDeps {
  readonly registry: Registry;
  readonly gate: Gate;
}

/**
 * Creates the guard that answers a call outside the token's scopes with an HTTP challenge (RFC 6750 section 3.1), which is
 * what makes a client ask the person for more. The call site would refuse the call too, but only in words for the model.
 * Throws Refused `scope-missing`.
 */
export function createScopeGuard(deps: ScopeGuardDeps): (inbound: InboundMessage) => void {
  return ({ message, exchange }) => {
    const { principal } = exchange.caller;
    if (principal.scopes === null || message["method"] !== "tools/call" || !isJsonObject(message["params"])) {
      return;
    }
    const name = message["params"]["name"];
    const tool = typeof name === "string" ? deps.registry.getTool(name) : undefined;
    if (tool !== undefined && !deps.gate.shows(tool, principal)) {
      throw new Refused({ reason: "scope-missing", scope: scopeUnion(principal.scopes, scopeFor(tool)) });
    }
  };
}
