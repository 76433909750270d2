// What is counted, in Prometheus' text format. Names of tools, endings, checks and modules; never of a person's records.

/** Creates metrics that have counted nothing. */
export function createMetrics(): Metrics {
  const counters = new Map<string, Map<string, number>>();
  const ratings = new Map<string, { sum: number; count: number }>();
  const latency = { sum: 0, count: 0 };
  const add = (name: string, labels: Readonly<Record<string, string>>, amount = 1) => {
    const series = counters.get(name) ?? new Map<string, number>();
    counters.set(name, series);
    const key = labelText(labels);
    const bounded = series.has(key) || series.size < MAX_SERIES
      ? key
      : labelText(mapValues(labels, () => "other"));
    series.set(bounded, (series.get(bounded) ?? 0) + amount);
  };
  return Object.freeze({
    tick: (ending: string) => add("persona_ticks_total", { ending }),
    call(tool: string, outcome: string, ms: number) {
      add("persona_tool_calls_total", { tool, outcome });
      latency.sum += ms / 1000;
      latency.count += 1;
    },
    error: (kind: string) => add("persona_errors_total", { kind }),
    violation: (check: string) => add("persona_violations_total", { check }),
    tokens: (kind: string, tokens: number) => add("persona_model_tokens_total", { kind }, tokens),
    rating(module: string, rating: number) {
      const { sum, count } = ratings.get(module) ?? { sum: 0, count: 0 };
      if (count > 0 || ratings.size < MAX_SERIES) {
        ratings.set(module, { sum: sum + rating, count: count + 1 });
      }
    },
    violations: () =>
      [...counters.get("persona_violations_total")?.values() ?? []].reduce((sum, count) => sum + count, 0),
    text() {
      const lines = COUNTERS.flatMap(([name, help]) => [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} counter`,
        ...[...counters.get(name) ?? []].map(([labels, value]) => `${name}${labels} ${value}`),
      ]);
      const averages = [...ratings].map(([module, { sum, count }]) =>
        `persona_rating${labelText({ module })} ${Number((sum / count).toFixed(3))}`
      );
      return [
        ...lines,
        "# HELP persona_rating Average rating of a module since the start of this process.",
        "# TYPE persona_rating gauge",
        ...averages,
        "# HELP persona_tool_call_seconds How long calls took.",
        "# TYPE persona_tool_call_seconds summary",
        `persona_tool_call_seconds_sum ${latency.sum.toFixed(3)}`,
        `persona_tool_call_seconds_count ${latency.count}`,
        "",
      ].join("\n");
    },
  });
}

/** What is counted. */
export interface Metrics {
  tick(ending: string): void;
  call(tool: string, outcome: string, ms: number): void;
  /** What kept an attempt from its day: `personas-api`, `held`, `not-stored`, or an ending. */
  error(kind: string): void;
  violation(check: string): void;
  rating(module: string, rating: number): void;
  /** Tokens of the model. */
  tokens(kind: string, tokens: number): void;
  /** All violations so far. */
  violations(): number;
  /** All of it as Prometheus reads it. */
  text(): string;
}

const COUNTERS = [
  ["persona_ticks_total", "Attempts by how they ended."],
  ["persona_tool_calls_total", "Requests for tools by what came of them; a question and its answer are two."],
  ["persona_errors_total", "What kept attempts from their day."],
  ["persona_violations_total", "Checks that did not hold."],
  ["persona_model_tokens_total", "Tokens of the model."],
] as const;
/** A persona that errs can call tools of any name. */
const MAX_SERIES = 1000;

function labelText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/["\\\n]/g, "_")}"`);
  return `{${parts.join(",")}}`;
}

function mapValues(labels: Readonly<Record<string, string>>, to: () => string): Record<string, string> {
  return Object.fromEntries(Object.keys(labels).map((name) => [name, to()]));
}
