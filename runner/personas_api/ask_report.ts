// Asks the personas API for its report, with the key that stays in this room. Says why there is none, in one of a few ways.
import { askService, type ServiceWay } from "../kit/ask_service.ts";
import { Report } from "./report.ts";

/** Asks once. Never throws but for the signal's reason. */
export async function askReport(
  { url, key, ...way }: ReportDeps,
  signal: AbortSignal,
): Promise<ReportAnswer> {
  const headers = { "x-service-key": key, accept: "application/json" };
  const { status, body } = await askService(
    way,
    `${url}/api/v1/personas/internal/report`,
    { headers },
    signal,
  );
  if (status === 401 || status === 403) return { ok: false, fault: "refused" };
  if (status === 404) return { ok: false, fault: "absent" };
  if (status === 0 || status >= 500 || status === 429) return { ok: false, fault: "away" };
  const parsed = status === 200 ? Report.safeParse(body) : undefined;
  return parsed?.success === true ? { ok: true, report: parsed.data } : { ok: false, fault: "odd" };
}

/** Where to ask, and how. */
export interface ReportDeps extends ServiceWay {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  /** The personas key. */
  readonly key: string;
}

/** The report, or why there is none. */
export type ReportAnswer =
  | { readonly ok: true; readonly report: Report }
  | { readonly ok: false; readonly fault: ReportFault };

/**
 * `away`: no answer, 429 or 5xx. `refused`: it does not take the key. `absent`: it serves no report, as services older than it.
 * `odd`: its answer is no report.
 */
export type ReportFault = "away" | "refused" | "absent" | "odd";
