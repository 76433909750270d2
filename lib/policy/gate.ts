// The one gate in front of everything that a client can name. It counts running calls and asks the rules (decide.ts) and the
// budgets (rate_limiter.ts); it never runs a tool and never looks at records. Contract: auth-vault section 9.
import type { Metrics } from "../observe/metrics.ts";
import { type Principal, principalKey } from "../people/principal.ts";
import { isInScope } from "../people/scopes.ts";
import type { PolicyMode } from "../settings/settings.ts";
import type { Tool } from "../tool/define_tool.ts";
import { decide, type Decision, isBlocking } from "./decide.ts";
import { hasInjectionMarker } from "./injection_markers.ts";
import type { RateLimiter } from "./rate_limiter.ts";
import { toolLimit, type ToolLimits } from "./tool_limit.ts";

/** Judges calls. */
export interface Gate {
  /**
   * Judges a call and, when it may run, counts it as running. Neither throws nor rejects: a fault of the gate is a denial.
   * Answers at once unless the rate limiter has to be waited for. `isPaid`: the call goes on with a call that the rate limiter
   * has counted.
   */
  enter(tool: Tool, principal: Principal, args: unknown, isPaid?: boolean): Verdict | Promise<Verdict>;
  /** Whether the tool is shown to this caller at all: the same rules, without counting. */
  shows(tool: Tool, principal: Principal): boolean;
}

/** A judged call. `end` has to be called when a call that was let through is over. */
export interface Verdict {
  readonly decision: Decision;
  /** Whether the call must not run. */
  readonly blocked: boolean;
  end(): void;
}

/** What the gate judges with. */
export interface GateDeps {
  readonly mode: PolicyMode;
  readonly rateLimiter: RateLimiter;
  readonly limits: ToolLimits;
  /** Calls of one person that may run at the same time. */
  readonly maxConcurrent: number;
  readonly metrics: Metrics;
}

/** How many calls of each person run. */
type Running = Map<string, number>;

/** Creates the gate, with no call running. */
export function createGate(deps: GateDeps): Gate {
  const running: Running = new Map();
  return Object.freeze({
    enter(tool: Tool, principal: Principal, args: unknown, isPaid = false): Verdict | Promise<Verdict> {
      const person = principalKey(principal);
      const begin = () => beginCall(running, person);
      if (deps.mode === "off") return verdictOf(deps, decideOff(tool, principal), begin);
      let decision: Decision | Promise<Decision>;
      try {
        decision = judge(deps, running, { tool, principal, person, args, isPaid });
      } catch {
        decision = FAILURE;
      }
      return decision instanceof Promise
        ? judgedLater(deps, decision, begin)
        : told(deps, verdictOf(deps, decision, begin));
    },
    shows: (tool: Tool, principal: Principal) => tool.scope !== "admin" && isInScope(principal.scopes, tool),
  });
}

/** Fail closed: what cannot be judged does not run. */
const FAILURE: Decision = Object.freeze({ decision: "deny", reason: "gate-failure" });

interface JudgedCall {
  readonly tool: Tool;
  readonly principal: Principal;
  readonly person: string;
  readonly args: unknown;
  readonly isPaid: boolean;
}

function judge(
  deps: GateDeps,
  running: Running,
  { tool, principal, person, args, isPaid }: JudgedCall,
): Decision | Promise<Decision> {
  const limit = toolLimit(tool, deps.limits);
  return decide({
    scope: tool.scope,
    inScope: isInScope(principal.scopes, tool),
    busy: (running.get(person) ?? 0) >= deps.maxConcurrent,
    takeRate: () =>
      limit === 0 || isPaid ? { ok: true } : deps.rateLimiter.take(`${tool.name} ${person}`, limit),
    hasMarker: () => hasInjectionMarker(args),
  });
}

/** The rules that no mode switches off. */
function decideOff(tool: Tool, { scopes }: Principal): Decision {
  if (tool.scope === "admin") return { decision: "deny", reason: "admin-scope-not-invokable" };
  if (!isInScope(scopes, tool)) return { decision: "deny", reason: "scope-missing" };
  return { decision: "allow", reason: "clean" };
}

/** A call that waits for its budget counts as running: else as many as come meanwhile would all be let through. */
async function judgedLater(
  deps: GateDeps,
  decision: Promise<Decision>,
  begin: () => () => void,
): Promise<Verdict> {
  const end = begin();
  const verdict = told(deps, verdictOf(deps, await decision.catch(() => FAILURE), () => end));
  if (verdict.blocked) end();
  return verdict;
}

function verdictOf({ mode }: GateDeps, decision: Decision, begin: () => () => void): Verdict {
  const blocked = isBlocking(decision, mode);
  return { decision, blocked, end: blocked ? () => {} : begin() };
}

function told({ metrics, mode }: GateDeps, verdict: Verdict): Verdict {
  metrics.policyDecision(verdict.decision.decision, verdict.decision.reason, mode);
  return verdict;
}

/** Counts one call of the person; the returned function, called once or more often, counts it off again. */
function beginCall(running: Running, person: string): () => void {
  running.set(person, (running.get(person) ?? 0) + 1);
  let over = false;
  return () => {
    if (over) return;
    over = true;
    const left = (running.get(person) ?? 1) - 1;
    if (left === 0) running.delete(person);
    else running.set(person, left);
  };
}
