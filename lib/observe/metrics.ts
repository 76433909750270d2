// Counters and histograms of the gateway, and their text for Prometheus. Never a person, an id or what anybody wrote:
// docs/observability.md names every metric.

/** Counters and histograms in the names that operators' dashboards rely on (contract: auth-vault section 10). */
export interface Metrics {
  policyDecision(decision: string, reason: string, mode: string): void;
  invocation(tool: string, outcome: CallOutcome, seconds: number): void;
  /** Texts of results in which halves of surrogate pairs were replaced. */
  mended(tool: string, count: number): void;
  /** `seconds` is null for a stream, which has no duration of its own. */
  upstream(upstream: string, outcome: string, seconds: number | null): void;
  records(kind: RecordFinding, table: string, count: number): void;
  /** Rows and calls that went into people's ledgers, and calls that could not be noted. */
  ledger(what: "rows" | "entries" | "gaps", count: number): void;
  /** What a page of the sign-in server asked for; `outcome` is `success` or the reason of a refusal. */
  personAction(action: string, outcome: string, seconds: number): void;
  /** Prometheus text, format version 0.0.4. `gauges` are read when asked, and so are `totals`, which only grow. */
  render(gauges: Readonly<Record<string, number>>, totals?: Readonly<Record<string, number>>): string;
}

/** Outcome of one tool call, as the metric's label says it (contract: auth-vault section 10). */
export type CallOutcome = "success" | "handler-error" | "input-invalid" | "denied" | "asked";

/**
 * What is counted of records and their fields. `foreign` are rows of the gateway's own tables that somebody put under another space
 * than the person's own.
 */
export type RecordFinding = "unsealed" | "unreadable" | "malformed" | "resealed" | "unconfirmed" | "foreign";

/** Creates an empty set of metrics. Label values come from fixed sets, so the number of series is bounded. */
export function createMetrics(): Metrics {
  const counters = new Map<string, Family<Counter>>();
  const histograms = new Map<string, Family<Histogram>>();
  const counter = (name: string, ...labels: readonly string[]) =>
    familyOf(counters, name, labels, (of) => ({ labels: of, count: 0 }));
  const histogram = (name: string, ...labels: readonly string[]) =>
    familyOf(
      histograms,
      name,
      labels,
      (of) => ({ labels: of, buckets: CALL_BUCKETS.map(() => 0), count: 0, sum: 0 }),
    );
  const decisions = counter("mana_mcp_policy_decisions_total", "decision", "reason", "mode");
  const invocations = counter("mana_mcp_tool_invocations_total", "tool", "outcome");
  const durations = histogram("mana_mcp_tool_duration_seconds", "tool", "outcome");
  const requests = counter("mana_mcp_upstream_requests_total", "upstream", "outcome");
  const waits = histogram("mana_mcp_upstream_duration_seconds", "upstream");
  const mends = counter("mana_mcp_mended_texts_total", "tool");
  const findings = counter("mana_mcp_record_findings_total", "kind", "table");
  const ledgers = counter("mana_mcp_ledger_total", "what");
  const pages = counter("mana_mcp_person_actions_total", "action", "outcome");
  const pageTimes = histogram("mana_mcp_person_action_duration_seconds", "action");
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
    personAction(action: string, outcome: string, seconds: number) {
      pages.of(action, outcome).count += 1;
      observe(pageTimes.of(action), seconds);
    },
    render: (gauges: Readonly<Record<string, number>>, totals: Readonly<Record<string, number>> = {}) =>
      [
        ...plainLines("gauge", gauges),
        ...plainLines("counter", totals),
        ...counterLines(counters),
        ...histogramLines(histograms),
      ].join("\n") + "\n",
  });
}

const CALL_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Labels = Readonly<Record<string, string>>;

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
  const bucket = CALL_BUCKETS.findIndex((bound) => seconds <= bound);
  if (bucket !== -1) histogram.buckets[bucket] = (histogram.buckets[bucket] ?? 0) + 1;
}

function plainLines(type: "gauge" | "counter", values: Readonly<Record<string, number>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [
    `# TYPE ${name} ${type}`,
    `${name}{service="mana-mcp"} ${value}`,
  ]);
}

function counterLines(counters: ReadonlyMap<string, Family<Counter>>): string[] {
  return [...counters].flatMap(([name, { all }]) => [
    ...(all.length > 0 ? [`# TYPE ${name} counter`] : []),
    ...all.map(({ labels, count }) => `${name}{${labelText(labels)}} ${count}`),
  ]);
}

function histogramLines(histograms: ReadonlyMap<string, Family<Histogram>>): string[] {
  const lines: string[] = [];
  for (const [name, { all }] of histograms) {
    if (all.length > 0) lines.push(`# TYPE ${name} histogram`);
    for (const { labels: byName, buckets, count, sum } of all) {
      const labels = labelText(byName);
      let below = 0;
      CALL_BUCKETS.forEach((bound, index) => {
        below += buckets[index] ?? 0;
        lines.push(`${name}_bucket{${labels},le="${bound}"} ${below}`);
      });
      lines.push(
        `${name}_bucket{${labels},le="+Inf"} ${count}`,
        `${name}_sum{${labels}} ${sum}`,
        `${name}_count{${labels}} ${count}`,
      );
    }
  }
  return lines;
}

/** The series of one metric. */
interface Family<Series> {
  /** The series with these values of the labels, in the labels' order; made when first asked for. */
  of(first: string, second?: string, third?: string): Series;
  readonly all: readonly Series[];
}

/** One map per label: to write a key of several values anew for each call would cost more than all that is counted. */
function familyOf<Series>(
  families: Map<string, Family<Series>>,
  name: string,
  names: readonly string[],
  make: (labels: Labels) => Series,
): Family<Series> {
  const byFirst = new Map<string, Map<string, Map<string, Series>>>();
  const all: Series[] = [];
  const family: Family<Series> = {
    all,
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
  families.set(name, family);
  return family;
}

function labelText(labels: Labels): string {
  return Object.entries({ service: "mana-mcp", ...labels })
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, "\\$&")}"`).join(",");
}
