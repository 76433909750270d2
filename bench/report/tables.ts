import { ratio, type Verdict } from "../goals.ts";
import { findMeasurement, type Measurement, type Result } from "../result.ts";
import { SERVER_TITLES } from "../servers/running_server.ts";
import { readable } from "./numbers.ts";
import { median } from "./statistics.ts";

/** Cells of a table, row by row, the head first. */
export type Rows = readonly (readonly string[])[];

const HEAD = [
  "workload",
  "conn.",
  "server",
  "requests/s",
  "× mana-mcp",
  "p50 ms",
  "p99 ms",
  "CPU µs",
  "bytes",
  "MB",
];

/** Every measurement as a row: medians over its rounds. */
export function measurementRows(result: Pick<Result, "measurements">): Rows {
  return [HEAD, ...result.measurements.map((measurement) => rowOf(result, measurement))];
}

/** The middle of what the rounds say; null where they say nothing. */
export function middle(
  measurement: Measurement,
  field: "requestsPerSecond" | "p50Ms" | "p99Ms" | "cpuMicros",
) {
  const values = measurement.rounds.map((round) => round[field]).filter((value) => value !== null);
  return values.length === 0 ? null : median(values);
}

/** What was measured besides rates. */
export function factRows({ facts }: Pick<Result, "facts">): Rows {
  return [["what", "value"], ...facts.map(({ name, value, unit }) => [name, `${readable(value)} ${unit}`])];
}

/** Whether each goal is met. */
export function verdictRows(verdicts: readonly Verdict[]): Rows {
  return [
    ["goal", "bound", "measured", "", "how"],
    ...verdicts.map(({ goal, value, met }) => [
      goal.name,
      `${"atLeast" in goal.bound ? `≥ ${goal.bound.atLeast}` : `≤ ${goal.bound.atMost}`} ${goal.unit}`,
      value === null ? "–" : readable(value),
      met === null ? "not measured" : met ? "met" : "**not met**",
      goal.how,
    ]),
  ];
}

/** A table for the terminal. */
export function terminalTable(result: Result): string[] {
  const tables = [measurementRows(result), factRows(result)].filter((rows) => rows.length > 1);
  return tables.flatMap((rows) => ["", ...aligned(rows)]);
}

/** The verdicts for the terminal. */
export function verdictLines(verdicts: readonly Verdict[]): string[] {
  const rows = verdictRows(verdicts).map((row) => row.slice(0, 4).map((cell) => cell.replaceAll("**", "")));
  return aligned(rows);
}

/** A table in Markdown, columns as wide as their widest cell, as `deno fmt` has it. */
export function markdownTable(rows: Rows): string[] {
  const widths = widthsOf(rows);
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, i) => (cells[i] ?? "").padEnd(width)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body.map(line)];
}

function rowOf(result: Pick<Result, "measurements">, measurement: Measurement): string[] {
  const { workload, era, variant, connections, server, bodyBytes, residentMb } = measurement;
  const isCompared = server !== "gateway";
  const own = isCompared
    ? findMeasurement(result, { workload, era, variant, connections, server: "gateway" })
    : undefined;
  const relative = ratio(measurement, own);
  const cell = (value: number | null) => value === null ? "–" : readable(value);
  return [
    [workload, ...(isBoth(workload) ? [era] : []), ...(variant === "" ? [] : [variant])].join(", "),
    String(connections),
    SERVER_TITLES[server],
    cell(middle(measurement, "requestsPerSecond")),
    isCompared ? cell(relative) : "1",
    cell(middle(measurement, "p50Ms")),
    cell(middle(measurement, "p99Ms")),
    cell(middle(measurement, "cpuMicros")),
    bodyBytes.toLocaleString("en"),
    cell(residentMb),
  ];
}

/** Whether a workload is measured in both eras, so that its name alone does not say which. */
function isBoth(workload: string): boolean {
  return workload.startsWith("tools/");
}

function aligned(rows: Rows): string[] {
  const widths = widthsOf(rows);
  return rows.map((row) => widths.map((width, i) => (row[i] ?? "").padEnd(width)).join("  ").trimEnd());
}

function widthsOf(rows: Rows): number[] {
  const columns = Math.max(...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, i) => Math.max(3, ...rows.map((row) => (row[i] ?? "").length)));
}
