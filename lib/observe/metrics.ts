// Counters and histograms of the gateway. Never a person, an id or what anybody wrote: metric_table.ts names every metric, and
// metric_text.ts writes them.
import type { Refusal } from "../kit/errors.ts";
import type { MetricName, MetricNameOf } from "./metric_table.ts";
import { METRIC_TABLE } from "./metric_table.ts";
import { type Labels, metricText, type Reading } from "./metric_text.ts";
import { causeOf, FAULTS_OF_CALLS } from "./refusal_cause.ts";

/** Counters and histograms in the names that operators' dashboards rely on (contract: auth-vault section 10). */
export interface Metrics {
  policyDecision(decision: string, reason: string, mode: string): void;
  invocation(tool: string, outcome: CallOutcome, seconds: number): void;
  /** Texts of results in which halves of surrogate pairs were replaced. */
  mended(tool: string, count: number): void;
  /** `edge`: a request that came to no call. `page`: one of a page of the sign-in server. */
  refusal(at: "call" | "edge" | "page", refusal: Refusal): void;
  /** An answer at a fixed route, by its status. */
  httpAnswer(route: string, status: number): void;
  /** `seconds` is null for a stream, which has no duration of its own. */
  upstream(upstream: string, outcome: string, seconds: number | null): void;
  records(kind: RecordFinding, table: string, count: number): void;
  /** Rows and calls that went into people's ledgers, and calls that could not be noted. */
  ledger(what: "rows" | "entries" | "gaps", count: number): void;
  /** What became of a question on a person's page. `expired` is noticed when what nobody answered is cleared away. */
  approval(event: ApprovalEvent): void;
  /** A call had to ask because of what its app had read; `isKnown` is false where nobody could say what that was. */
  taintQuestion(isKnown: boolean): void;
  /** Whether access of an app still stands, as the server that issued its token says. */
  introspection(answer: IntrospectionAnswer): void;
  /** What a page of the sign-in server asked for; `outcome` is `success` or the reason of a refusal. */
  personAction(action: string, outcome: string, seconds: number): void;
  /** Prometheus text, format version 0.0.4, of what was counted and of what is read when asked. */
  render(readings: Readonly<Partial<Record<MetricName, Reading>>>): string;
}

/** Outcome of one tool call, as the metric's label says it (contract: auth-vault section 10). */
export type CallOutcome = "success" | "handler-error" | "input-invalid" | "denied" | "asked";

/**
 * What is counted of records and their fields. `foreign` are rows of the gateway's own tables that somebody put under another space
 * than the person's own.
 */
export type RecordFinding = "unsealed" | "unreadable" | "malformed" | "resealed" | "unconfirmed" | "foreign";

/** What becomes of a question on a person's page. */
export type ApprovalEvent = "asked" | "yes" | "no" | "expired";

/** `failed`: nobody could say. */
export type IntrospectionAnswer = "active" | "over" | "failed";

/** What is known beforehand: its series begin at 0, so that a rate and an alert know of the first event. */
export interface Expected {
  readonly tools?: readonly string[];
  readonly services?: readonly string[];
}

/** Creates an empty set of metrics. Label values come from fixed sets, so the number of series is bounded. */
export function createMetrics(expected: Expected = {}): Metrics {
  const counted = new Map<MetricName, readonly (Counter | Histogram)[]>();
  const counter = (name: MetricNameOf<"counter">) =>
    familyOf<Counter>(counted, name, (labels) => ({ labels, count: 0 }));
  const histogram = (name: MetricNameOf<"histogram">) =>
    familyOf<Histogram>(counted, name, (labels) => {
      return { labels, buckets: CALL_BUCKETS.map(() => 0), count: 0, sum: 0 };
    });
  const answers = counter("mana_mcp_http_answers_total");
  const decisions = counter("mana_mcp_policy_decisions_total");
  const invocations = counter("mana_mcp_tool_invocations_total");
  const refusals = counter("mana_mcp_refusals_total");
  const requests = counter("mana_mcp_upstream_requests_total");
  const mends = counter("mana_mcp_mended_texts_total");
  const findings = counter("mana_mcp_record_findings_total");
  const ledgers = counter("mana_mcp_ledger_total");
  const approvals = counter("mana_mcp_approvals_total");
  const taints = counter("mana_mcp_taint_questions_total");
  const introspections = counter("mana_mcp_introspections_total");
  const pages = counter("mana_mcp_person_actions_total");
  const durations = histogram("mana_mcp_tool_duration_seconds");
  const waits = histogram("mana_mcp_upstream_duration_seconds");
  const pageTimes = histogram("mana_mcp_person_action_duration_seconds");
  for (const status of ["2xx", "4xx", "5xx"]) answers.of("/mcp", status);
  for (const tool of expected.tools ?? []) {
    invocations.of(tool, "success");
    invocations.of(tool, "handler-error");
  }
  for (const [reason, cause] of FAULTS_OF_CALLS) refusals.of("call", reason, cause);
  refusals.of("call", "disclosure-budget", "caller");
  for (const service of expected.services ?? []) requests.of(service, "ok");
  for (const what of ["rows", "entries", "gaps"]) ledgers.of(what);
  for (const event of ["asked", "yes", "no", "expired"]) approvals.of(event);
  for (const known of ["yes", "no"]) taints.of(known);
  for (const answer of ["active", "over", "failed"]) introspections.of(answer);

  return Object.freeze({
    policyDecision(decision: string, reason: string, mode: string) {
      decisions.of(decision, reason, mode).count += 1;
    },
    invocation(tool: string, outcome: CallOutcome, seconds: number) {
      invocations.of(tool, outcome).count += 1;
      observe(durations.of(tool, outcome), seconds);
    },
    mended(tool: string, by: number) {
      mends.of(tool).count += by;
    },
    refusal(at: "call" | "edge" | "page", refusal: Refusal) {
      refusals.of(at, refusal.reason, causeOf(refusal)).count += 1;
    },
    httpAnswer(route: string, status: number) {
      answers.of(route, STATUS_CLASSES[Math.floor(status / 100)]).count += 1;
    },
    upstream(upstream: string, outcome: string, seconds: number | null) {
      requests.of(upstream, outcome).count += 1;
      if (seconds !== null) observe(waits.of(upstream), seconds);
    },
    records(kind: RecordFinding, table: string, by: number) {
      findings.of(kind, table).count += by;
    },
    ledger(what: "rows" | "entries" | "gaps", by: number) {
      ledgers.of(what).count += by;
    },
    approval(event: ApprovalEvent) {
      approvals.of(event).count += 1;
    },
    taintQuestion(isKnown: boolean) {
      taints.of(isKnown ? "yes" : "no").count += 1;
    },
    introspection(answer: IntrospectionAnswer) {
      introspections.of(answer).count += 1;
    },
    personAction(action: string, outcome: string, seconds: number) {
      pages.of(action, outcome).count += 1;
      observe(pageTimes.of(action), seconds);
    },
    render: (readings: Readonly<Partial<Record<MetricName, Reading>>>) =>
      metricText(counted, readings, CALL_BUCKETS),
  });
}

/** Upper bounds in seconds (contract: auth-vault section 10). */
const CALL_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** By the first digit of a status. */
const STATUS_CLASSES = ["", "1xx", "2xx", "3xx", "4xx", "5xx"];

interface Counter {
  readonly labels: Labels;
  count: number;
}

interface Histogram extends Counter {
  /** How many observations fell into each bucket and into none below it. */
  readonly buckets: number[];
  sum: number;
}

function observe(histogram: Histogram, seconds: number): void {
  histogram.count += 1;
  histogram.sum += seconds;
  let bucket = 0;
  while (seconds > (CALL_BUCKETS[bucket] ?? Infinity)) bucket++;
  if (bucket < CALL_BUCKETS.length) histogram.buckets[bucket] = (histogram.buckets[bucket] ?? 0) + 1;
}

/** The series of one metric. */
interface Family<Series> {
  /** The series with these values of the labels, in the labels' order; made when first asked for. */
  of(first: string, second?: string, third?: string): Series;
}

/** One map per label: to write a key of several values anew for each call would cost more than all that is counted. */
function familyOf<Series extends Counter>(
  counted: Map<MetricName, readonly Counter[]>,
  name: MetricName,
  make: (labels: Labels) => Series,
): Family<Series> {
  const byFirst = new Map<string, Map<string, Map<string, Series>>>();
  const names = METRIC_TABLE[name].labels;
  const all: Series[] = [];
  counted.set(name, all);
  return {
    of(first, second = "", third = "") {
      const found = byFirst.get(first)?.get(second)?.get(third);
      if (found !== undefined) return found;
      const values = [first, second, third];
      const made = make(Object.fromEntries(names.map((label, index) => [label, values[index] ?? ""])));
      all.push(made);
      byFirst.getOrInsertComputed(first, () => new Map<string, Map<string, Series>>())
        .getOrInsertComputed(second, () => new Map<string, Series>())
        .set(third, made);
      return made;
    },
  };
}
