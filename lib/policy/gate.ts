import { type Principal, principalKey } from "../people/principal.ts";
import type { PolicyMode } from "../settings/settings.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Tool } from "../tool/define_tool.ts";
import { decide, type Decision, isBlocking } from "./decide.ts";
import { hasInjectionMarker } from "./injection_markers.ts";
import type { RateLimiter } from "./rate_limiter.ts";
import { isInScope } from "../people/scopes.ts";

/** Dependencies of {@link createGate}. */
export interface GateDeps {
  readonly mode: PolicyMode;
  readonly rateLimiter: RateLimiter;
  /** Calls of one tool by one person in a rolling minute; 0 means no limit. */
  readonly limits: { readonly reads: number; readonly writes: number };
  /** Calls of one person that may run at the same time. */
  readonly maxConcurrent: number;
  readonly metrics: Metrics;
}

/** A judged call. `end` has to be called when a call that was let through is over. */
export interface Verdict {
  readonly decision: Decision;
  /** Whether the call must not run. */
  readonly blocked: boolean;
  end(): void;
}

/** The one gate in front of everything a client can name. */
export interface Gate {
  /**
   * Judges a call and, when it may run, counts it as running. Never throws: a fault of the gate is a denial. `isPaid`: it
   * goes on with a call that the rate limiter has counted.
   */
  enter(tool: Tool, principal: Principal, args: unknown, isPaid?: boolean): Verdict;
  /** Whether the tool is shown to this caller at all: the same rules, without counting. */
  shows(tool: Tool, principal: Principal): boolean;
}

/** Creates the gate. */
export function createGate(deps: GateDeps): Gate {
  const running = new Map<string, number>();

  const judge = (
    tool: Tool,
    principal: Principal,
    person: string,
    args: unknown,
    isPaid: boolean,
  ): Decision => {
    const limit = tool.access === "read" ? deps.limits.reads : deps.limits.writes;
    return decide({
      scope: tool.scope,
      inScope: isInScope(principal.scopes, tool),
      busy: (running.get(person) ?? 0) >= deps.maxConcurrent,
      takeRate: () =>
        limit === 0 || isPaid ? { ok: true } : deps.rateLimiter.take(`${tool.name} ${person}`, limit),
      hasMarker: () => hasInjectionMarker(args),
    });
  };

  return Object.freeze({
    enter(tool: Tool, principal: Principal, args: unknown, isPaid = false): Verdict {
      const person = principalKey(principal);
      let decision: Decision;
      if (deps.mode === "off") {
        decision = tool.scope === "admin"
          ? { decision: "deny", reason: "admin-scope-not-invokable" }
          : isInScope(principal.scopes, tool)
          ? { decision: "allow", reason: "clean" }
          : { decision: "deny", reason: "scope-missing" };
      } else {
        try {
          decision = judge(tool, principal, person, args, isPaid);
        } catch {
          decision = { decision: "deny", reason: "gate-failure" }; // fail closed
        }
        deps.metrics.policyDecision(decision.decision, decision.reason, deps.mode);
      }
      const blocked = isBlocking(decision, deps.mode);
      if (blocked) return { decision, blocked, end() {} };
      running.set(person, (running.get(person) ?? 0) + 1);
      let over = false;
      return {
        decision,
        blocked,
        end() {
          if (over) return;
          over = true;
          const left = (running.get(person) ?? 1) - 1;
          if (left === 0) running.delete(person);
          else running.set(person, left);
        },
      };
    },
    shows: (tool: Tool, principal: Principal) => tool.scope !== "admin" && isInScope(principal.scopes, tool),
  });
}
