// What assistants can do, and whether they may.
import type { UseReports } from "../calls/use_reports.ts";
import { createCallLogs } from "../calls/call_log.ts";
import { createConfirmation } from "../calls/confirmation/confirmation.ts";
import { loggedUnaskedTools } from "../calls/confirmation/unasked_tools.ts";
import { MAX_CALLS_PER_PERSON } from "../kit/limits.ts";
import { createServing, type Serving, type ServingDeps } from "../mcp/create_serving.ts";
import { createGate } from "../policy/gate.ts";
import { createRateLimiter } from "../policy/rate_limiter.ts";
import { createSharedRateLimiter } from "../policy/shared_rate_limiter.ts";
import type { Base } from "./base.ts";

/** policy/, calls/, resources/ and mcp/: what assistants can do, and whether they may. */
export function createTools(
  base: Base,
  parts:
    & Pick<ServingDeps, "store" | "ledger" | "spaces" | "undos" | "approvals" | "disclosure" | "appsPage">
    & {
      readonly uses: UseReports;
    },
): Serving {
  const { settings, log, metrics, clock } = base;
  const { uses, ...rest } = parts;
  const optedIn = loggedUnaskedTools(settings.destructiveTools, base.registry, log);
  return createServing({
    ...base,
    ...rest,
    gate: createGate({
      mode: settings.policyMode,
      rateLimiter: base.sharedStore.state() === "none" && settings.nodes === 1
        ? createRateLimiter({ clock })
        : createSharedRateLimiter({ ...base, store: base.sharedStore, nodes: settings.nodes }),
      limits: { reads: settings.rateLimitReads, writes: settings.rateLimitWrites },
      maxConcurrent: MAX_CALLS_PER_PERSON,
      metrics,
    }),
    confirmation: createConfirmation({ ...base, ...rest, optedIn }),
    callLogs: createCallLogs(base),
    newCallId: base.newHexId,
    onUse: uses.note,
    fastPath: base.fastPath ?? true,
  });
}
