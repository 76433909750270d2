/** Outcome of one tool call, as the metric's label says it (contract: auth-vault section 10). */
export type CallOutcome = "success" | "handler-error" | "input-invalid" | "denied" | "asked";

/** Counters and histograms in the names that operators' dashboards rely on (contract: auth-vault section 10). */
export interface Metrics {
  policyDecision(decision: string, reason: string, mode: string): void;
  invocation(tool: string, outcome: CallOutcome, seconds: number): void;
  upstream(upstream: string, outcome: string, seconds: number): void;
  /** Fields in plaintext where they should be sealed, fields that could not be read, log entries that are no change. */
  records(kind: "unsealed" | "unreadable" | "malformed", table: string, count: number): void;
  /** Prometheus text, format version 0.0.4. `gauges` are read when asked. */
  render(gauges: Readonly<Record<string, number>>): string;
}

const CALL_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Histogram {
  readonly buckets: number[];
  count: number;
  sum: number;
}

/** Creates an empty set of metrics. Label values come from fixed sets, so the number of series is bounded. */
export function createMetrics(): Metrics {
  const counters = new Map<string, Map<string, number>>();
  const histograms = new Map<string, Map<string, Histogram>>();
  const count = (name: string, labels: Readonly<Record<string, string>>, by = 1) => {
    const series = counters.get(name) ?? new Map<string, number>();
    counters.set(name, series);
    const key = labelText(labels);
    series.set(key, (series.get(key) ?? 0) + by);
  };
  const observe = (name: string, labels: Readonly<Record<string, string>>, seconds: number) => {
    const series = histograms.get(name) ?? new Map<string, Histogram>();
    histograms.set(name, series);
    const key = labelText(labels);
    const histogram = series.get(key) ?? { buckets: CALL_BUCKETS.map(() => 0), count: 0, sum: 0 };
    series.set(key, histogram);
    histogram.count += 1;
    histogram.sum += seconds;
    CALL_BUCKETS.forEach((bound, index) => {
      if (seconds <= bound) histogram.buckets[index] = (histogram.buckets[index] ?? 0) + 1;
    });
  };
  return Object.freeze({
    policyDecision(decision: string, reason: string, mode: string) {
      count("mana_mcp_policy_decisions_total", { decision, reason, mode });
    },
    invocation(tool: string, outcome: CallOutcome, seconds: number) {
      count("mana_mcp_tool_invocations_total", { tool, outcome });
      observe("mana_mcp_tool_duration_seconds", { tool, outcome }, seconds);
    },
    upstream(upstream: string, outcome: string, seconds: number) {
      count("mana_mcp_upstream_requests_total", { upstream, outcome });
      observe("mana_mcp_upstream_duration_seconds", { upstream }, seconds);
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
        for (const [labels, value] of series) lines.push(`${name}{${labels}} ${value}`);
      }
      for (const [name, series] of histograms) {
        lines.push(`# TYPE ${name} histogram`);
        for (const [labels, histogram] of series) {
          CALL_BUCKETS.forEach((bound, index) => {
            lines.push(`${name}_bucket{${labels},le="${bound}"} ${histogram.buckets[index] ?? 0}`);
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

function labelText(labels: Readonly<Record<string, string>>): string {
  const all = { service: "mana-mcp", ...labels };
  return Object.entries(all).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, "\\$&")}"`).join(
    ",",
  );
}
