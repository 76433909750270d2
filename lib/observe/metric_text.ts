// The text of `/metrics`: Prometheus, format version 0.0.4. It counts nothing.
import { METRIC_TABLE, type MetricForm, type MetricName } from "./metric_table.ts";

/** A number, or one for each value of the labels. */
export type Reading = number | readonly LabelledValue[];

/** One series that is read when asked for. */
export interface LabelledValue {
  readonly labels: Labels;
  readonly value: number;
}

/** Values of the labels by name. */
export type Labels = Readonly<Record<string, string>>;

/** One series that counts. */
export interface CountedSeries {
  readonly labels: Labels;
  readonly count: number;
  /** Of a histogram: how many observations fell into each bucket and into none below it. */
  readonly buckets?: readonly number[];
  readonly sum?: number;
}

/** Writes what was counted and what is read, in the order of the table. A metric without a series is left out. */
export function metricText(
  counted: ReadonlyMap<MetricName, readonly CountedSeries[]>,
  readings: Readonly<Partial<Record<MetricName, Reading>>>,
  bounds: readonly number[],
): string {
  const lines: string[] = [];
  for (const name of NAMES) {
    const form: MetricForm = METRIC_TABLE[name];
    const reading = readings[name];
    const series = reading === undefined ? counted.get(name) ?? [] : seriesOf(reading);
    if (series.length === 0) continue;
    lines.push(`# HELP ${name} ${form.help}`, `# TYPE ${name} ${form.type}`);
    for (const one of series) lines.push(...seriesLines(name, one, bounds));
  }
  return lines.join("\n") + "\n";
}

const NAMES = Object.keys(METRIC_TABLE).filter(isMetricName);

function isMetricName(name: string): name is MetricName {
  return name in METRIC_TABLE;
}

function seriesOf(reading: Reading): readonly CountedSeries[] {
  if (typeof reading === "number") return [{ labels: {}, count: reading }];
  return reading.map(({ labels, value }) => ({ labels, count: value }));
}

function seriesLines(
  name: string,
  { labels: byName, count, buckets, sum }: CountedSeries,
  bounds: readonly number[],
): string[] {
  const labels = labelText(byName);
  if (buckets === undefined) return [`${name}{${labels}} ${count}`];
  let below = 0;
  const lines = bounds.map((bound, index) => {
    below += buckets[index] ?? 0;
    return `${name}_bucket{${labels},le="${bound}"} ${below}`;
  });
  return [
    ...lines,
    `${name}_bucket{${labels},le="+Inf"} ${count}`,
    `${name}_sum{${labels}} ${sum ?? 0}`,
    `${name}_count{${labels}} ${count}`,
  ];
}

function labelText(labels: Labels): string {
  return Object.entries({ service: "mana-mcp", ...labels })
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, "\\$&")}"`).join(",");
}
