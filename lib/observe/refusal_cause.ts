// On which side the cause of a refusal lies: alerts are about what is broken, not about what callers were rightly told.
import type { Refusal } from "../kit/errors.ts";

/** `caller`: the request, its token or the person's own settings. `service`: one of the services. `gateway`: this process. */
export type RefusalCause = "caller" | "service" | "gateway";

/** Where the cause of the refusal lies. */
export function causeOf(refusal: Refusal): RefusalCause {
  switch (refusal.reason) {
    case "internal":
    case "overloaded":
    case "sessions-full":
    case "stopping":
    case "interrupted":
    case "answer-elsewhere":
      return "gateway";
    case "policy-denied":
      return refusal.rule === "gate-failure" ? "gateway" : "caller";
    case "upstream-failed":
    case "exchange-unavailable":
    case "spaces-untold":
    case "write-unknown":
    case "write-partly":
    case "ledger-unavailable":
    case "vault-key-invalid":
      return "service";
    default:
      return "caller";
  }
}

/** Reasons of failing calls that are no caller's doing: their series are there before the first of them. */
export const FAULTS_OF_CALLS: readonly [Refusal["reason"], RefusalCause][] = [
  ["internal", "gateway"],
  ["interrupted", "gateway"],
  ["policy-denied", "gateway"],
  ["upstream-failed", "service"],
  ["spaces-untold", "service"],
  ["write-unknown", "service"],
  ["write-partly", "service"],
  ["ledger-unavailable", "service"],
  ["vault-key-invalid", "service"],
];
