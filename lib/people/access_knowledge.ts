// How old the knowledge is by which tokens are believed: signing keys, and whether access of apps still stands. It decides nothing;
// operators see by it that a server is not asked any more, or does not answer.
import type { Clock } from "../kit/clock.ts";
import type { ServiceName } from "../kit/services.ts";
import type { IntrospectionAnswer, Metrics } from "../observe/metrics.ts";

/** How old the gateway's knowledge of access is. */
export interface AccessKnowledge {
  /** A token was verified with keys of this server that were read so long ago. */
  keysUsed(publisher: ServiceName, ageMs: number): void;
  /** Whether access stands was asked, and this came of it. */
  asked(answer: IntrospectionAnswer): void;
  /**
   * How old each server's keys were when a token was last verified with them: keys that nobody needs are not read again, and that is no
   * fault. Servers of which no token came are missing.
   */
  keySetAges(): readonly { readonly publisher: ServiceName; readonly seconds: number }[];
  /**
   * Seconds from the first question that got no answer to the newest one. 0 where the newest was answered, and where nobody has
   * asked for a minute: then nothing goes on by knowledge that is old.
   */
  unansweredSeconds(): number;
}

/** Starts with nothing known. */
export function createAccessKnowledge(
  { clock, metrics }: {
    readonly clock: Pick<Clock, "elapsed">;
    readonly metrics: Pick<Metrics, "introspection">;
  },
): AccessKnowledge {
  const ages = new Map<ServiceName, number>();
  let silence: { readonly since: number; until: number } | null = null;
  return Object.freeze({
    keysUsed: (publisher: ServiceName, ageMs: number) => void ages.set(publisher, ageMs / 1000),
    asked(answer: IntrospectionAnswer): void {
      metrics.introspection(answer);
      const now = clock.elapsed();
      if (answer !== "failed") silence = null;
      else if (silence === null) silence = { since: now, until: now };
      else silence.until = now;
    },
    keySetAges: () => [...ages].map(([publisher, seconds]) => ({ publisher, seconds })),
    unansweredSeconds: () =>
      silence === null || clock.elapsed() - silence.until > FORGOTTEN_MS
        ? 0
        : (silence.until - silence.since) / 1000,
  });
}

/** Whoever still waits for an answer asks again within it: a stream every 2.5 seconds. */
const FORGOTTEN_MS = 60_000;
