// What pulling, pushing and listening have in common: the address and names, the pause before a retry, and what a status of
// the sync service means.

import type { Clock } from "../kit/clock.ts";
import type { Refusal } from "../kit/errors.ts";
import { PUSH_RETRY_BASE_MS } from "../kit/limits.ts";
import type { ServiceAnswer, ServiceClient } from "../services/service_client.ts";
import { unusableAnswer } from "../services/unusable_answer.ts";

/** The sync service, and the names under which this gateway reads and writes there. */
export interface SyncService {
  readonly services: Pick<ServiceClient, "send" | "listen">;
  /** What the address of an app begins with, slash included. */
  readonly url: string;
  /** The name that writes. */
  readonly clientId: string;
  /** The name that reads. */
  readonly readerId: string;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  readonly clock: Clock;
}

/** Waits before a retry, `attempt` counted from 0; doubled each time, with full jitter. Returns early when `signal` ends. */
export async function pauseBeforeRetry(
  { clock, random }: SyncService,
  attempt: number,
  signal: AbortSignal,
): Promise<void> {
  const ms = random() * PUSH_RETRY_BASE_MS * 2 ** attempt;
  // Callers ask the signal whether the wait was cut short, so the rejection says nothing new.
  await clock.wait(ms, signal).catch(() => {});
}

/** The refusal for an answer that is no success. */
export function refusalOf({ status }: Pick<ServiceAnswer, "status">): Refusal {
  if (status === 401) return { reason: "upstream-token-refused", upstream: "sync" };
  if (status === 402) return { reason: "sync-inactive" };
  return unusableAnswer("sync", { status });
}
