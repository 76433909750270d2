/** Outcome of one tool call, as the metric's label says it (contract: auth-vault section 10). */
export type CallOutcome = "success" | "handler-error" | "input-invalid" | "denied" | "asked";

/** Counters and histograms in the names that operators' dashboards rely on (contract: auth-vault section 10). */
export interface Metrics {
  policyDecision(decision: string, reason: string, mode: string): void;
  invocation(tool: string, outcome: CallOutcome, seconds: number): void;
  /** `seconds` is null for what has no duration of its own: a stream. */
  upstream(upstream: string, outcome: string, seconds: number | null): void;
  /** Fields in plaintext where they should be sealed, fields that could not be read, log entries that are no change. */
  records(kind: "unsealed" | "unreadable" | "malformed", table: string, count: number): void;
  /** Prometheus text, format version 0.0.4. `gauges` are read when asked. */
  render(gauges: Readonly<Record<string, number>>): string;
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

/** Creates an empty set of metrics. Label values come from fixed sets, so the number of series is bounded. */
export function createMetrics(): Metrics {
  const counters = new Map<string, Map<string, Counter>>();
  const histograms = new Map<string, Map<string, Histogram>>();
  const count = (name: string, labels: Labels, by = 1) => {
    seriesOf(counters, name, labels, () => ({ labels, count: 0 })).count += by;
  };
  const observe = (name: string, labels: Labels, seconds: number) => {
    const make = () => ({ labels, buckets: CALL_BUCKETS.map(() => 0), count: 0, sum: 0 });
    const histogram = seriesOf(histograms, name, labels, make);
    histogram.count += 1;
    histogram.sum += seconds;
    const bucket = CALL_BUCKETS.findIndex((bound) => seconds <= bound);
    if (bucket !== -1) histogram.buckets[bucket] = (histogram.buckets[bucket] ?? 0) + 1;
  };
  return Object.freeze({
    policyDecision(decision: string, reason: string, mode: string) {
      count("mana_mcp_policy_decisions_total", { decision, reason, mode });
    },
    invocation(tool: string, outcome: CallOutcome, seconds: number) {
      count("mana_mcp_tool_invocations_total", { tool, outcome });
      observe("mana_mcp_tool_duration_seconds", { tool, outcome }, seconds);
    },
    upstream(upstream: string, outcome: string, seconds: number | null) {
      count("mana_mcp_upstream_requests_total", { upstream, outcome });
      if (seconds !== null) observe("mana_mcp_upstream_duration_seconds", { upstream }, seconds);
    },
    records(kind: "unsealed" | "unreadable" | "malformed", table: string, by: number) {
      count("mana_mcp_record_findings_total", { kind, table }, by);
    },
    render(gauges: Readonly<Record<string, number>>) {
      const lines: string[] = [];
      for (const [name, value] of Object.entries(gauges)) {
        lines.push(`# TYPE ${name} gauge`, `${name}{service="mana-mcp"} ${value}`);
      }
      for (const [name, series] of counters) {
        lines.push(`# TYPE ${name} counter`);
        for (const { labels, count: value } of series.values()) {
          lines.push(`${name}{${labelText(labels)}} ${value}`);
        }
      }
      for (const [name, series] of histograms) {
        lines.push(`# TYPE ${name} histogram`);
        for (const histogram of series.values()) {
          const labels = labelText(histogram.labels);
          let below = 0;
          CALL_BUCKETS.forEach((bound, index) => {
            below += histogram.buckets[index] ?? 0;
            lines.push(`${name}_bucket{${labels},le="${bound}"} ${below}`);
          });
          lines.push(
            `${name}_bucket{${labels},le="+Inf"} ${histogram.count}`,
            `${name}_sum{${labels}} ${histogram.sum}`,
            `${name}_count{${labels}} ${histogram.count}`,
          );
        }
      }
      return lines.join("\n") + "\n";
    },
  });
}

/** The series of a metric with these labels, found by the values alone: each metric has its labels in one order. */
function seriesOf<T>(
  metrics: Map<string, Map<string, T>>,
  name: string,
  labels: Labels,
  make: () => T,
): T {
  let series = metrics.get(name);
  if (series === undefined) metrics.set(name, series = new Map());
  let key = "";
  for (const label in labels) key += `${labels[label]}\0`;
  let found = series.get(key);
  if (found === undefined) series.set(key, found = make());
  return found;
}

function labelText(labels: Labels): string {
  return Object.entries({ service: "mana-mcp", ...labels })
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, "\\$&")}"`).join(",");
}
