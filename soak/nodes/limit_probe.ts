// Callers of one person at two gateways with a small limit, as fast as they are answered, one person after the other. What is let
// through is held against the limit: exactly while the store can be asked, and never more than the limit in all while it cannot.
import { z } from "zod";
import { modernRequest } from "../../tests/_support/mcp_request.ts";
import { wait } from "../../lib/kit/clock.ts";
import { signUp } from "../people.ts";
import type { Processes } from "../processes.ts";
import type { Tally } from "../tally.ts";
import type { Verdicts } from "../verdicts.ts";
import type { Shared } from "./shared.ts";
import { missesOf } from "./store_misses.ts";

/** What is promised while the store can be asked. */
export const LIMIT_CHECK = "with a store a limit is exceeded by no more than the calls in flight";
/** Calls of the probed tool by one person in a minute: `RATE_LIMIT_READS` of the gateways. */
export const PROBED_LIMIT = 40;
/** Callers of one person, half of them at each gateway: as many calls may be in flight. */
const CALLERS = 8;
/** How long one person calls. Below a minute, so that all their calls are in one window. */
const PROBE_MS = 2_500;
const PAUSE_MS = 20;

/** What {@link createLimitProbe} needs. */
export interface LimitProbeDeps {
  readonly processes: Processes;
  readonly shared: Shared;
  readonly http: Deno.HttpClient;
  readonly deeds: Tally;
  readonly verdicts: Verdicts;
}

/** The probe. */
export interface LimitProbe {
  /** Lets one person call as often as they can, and judges what was let through. */
  step(): Promise<void>;
  close(): Promise<void>;
}

/** Starts two gateways with the limit; null where there is no store. */
export async function createLimitProbe(deps: LimitProbeDeps): Promise<LimitProbe | null> {
  const { processes, shared, deeds } = deps;
  const { disturbances } = shared;
  if (disturbances === null) return null;
  const env = { RATE_LIMIT_READS: String(PROBED_LIMIT), NODES: "2" };
  const gateways = await Promise.all([processes.startBeside(env), processes.startBeside(env)]);
  const urls = await Promise.all(
    gateways.map(async (gateway) => Url.parse(await gateway.event("listening")).url),
  );
  let count = 0;
  return {
    async step() {
      // The auth service may be restarted just now.
      const person = await signUp(processes.authUrl, `limited${++count}`).catch(() => null);
      if (person === null) return await wait(PAUSE_MS);
      const missed = await missesOf(urls) ?? 0;
      const from = performance.now();
      const counts = await callAll(deps, urls, person.token());
      const to = performance.now();
      const store = disturbances.cover(from, to)
        ? "away"
        : disturbances.touch(from, to)
        ? "coming and going"
        : "there";
      deeds.add(`limit of a person, store ${store}`);
      const unanswered = (await missesOf(urls) ?? missed) - missed;
      if (unanswered > 0) deeds.add("calls that the store did not answer in time", unanswered);
      judgeLimit(deps.verdicts, { ...counts, unanswered, store });
    },
    async close() {
      await Promise.all(gateways.map((gateway) => gateway.stop()));
    },
  };
}

const Url = z.object({ url: z.string() });

/** Callers at all gateways, until the time is over; what came of their calls. */
async function callAll({ http }: LimitProbeDeps, urls: readonly string[], token: string) {
  const counts = { through: 0, refused: 0, failed: 0 };
  const end = performance.now() + PROBE_MS;
  const caller = async (number: number) => {
    while (performance.now() < end) {
      const outcome = await callOnce(urls[number % urls.length] ?? "", token, http);
      counts[outcome] += 1;
      if (outcome !== "through") await wait(PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, number) => caller(number)));
  return counts;
}

/** What one person's calls came to. */
export interface Probed {
  readonly through: number;
  readonly refused: number;
  /** Calls that the store did not answer in time: the gateways decided alone. */
  readonly unanswered: number;
  /** How the store was all the time. */
  readonly store: "there" | "away" | "coming and going";
}

/** Judges one person's calls. */
export function judgeLimit(verdicts: Verdicts, { through, refused, unanswered, store }: Probed): void {
  const most = {
    there: (unanswered === 0 ? 1 : 1.5) * PROBED_LIMIT + CALLERS,
    away: PROBED_LIMIT,
    "coming and going": 1.5 * PROBED_LIMIT + CALLERS,
  };
  const evidence = () =>
    `${through} of ${PROBED_LIMIT} were let through, ${refused} refused, ${unanswered} unanswered, store ${store}`;
  const check = store === "there"
    ? LIMIT_CHECK
    : "while the store is away, or comes and goes, each node lets its share of a limit through at most";
  // One gateway may have let all of it through before the store went away; the other one then has its half. On a busy machine a
  // store that answers too late is away, too.
  verdicts.judge(check, through <= most[store], evidence);
}

const Called = z.object({
  result: z.object({ isError: z.boolean().optional(), content: z.array(z.object({ text: z.string() })) }),
});

async function callOnce(
  url: string,
  token: string,
  client: Deno.HttpClient,
): Promise<"through" | "refused" | "failed"> {
  try {
    const request = modernRequest(token, "tools/call", { name: "spaces_list", arguments: {} }, { url });
    const response = await fetch(request, { client });
    const text = await response.text();
    if (!response.ok) return "failed";
    const { result } = Called.parse(JSON.parse(text));
    const isRefused = result.isError === true &&
      /rate-limit-exceeded/.test(result.content.map(({ text }) => text).join("\n"));
    return isRefused ? "refused" : "through";
  } catch {
    return "failed";
  }
}
