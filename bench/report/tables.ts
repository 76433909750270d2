// Tables of a result, as Markdown has them and people read them at a terminal.
import { ratio, type Verdict } from "../goals.ts";
import { findMeasurement, type Measurement, type Result, type Round } from "../result.ts";
import { SERVER_TITLES } from "../servers/running_server.ts";
import { median } from "./statistics.ts";

/** Cells of a table, row by row, the head first. */
export type Rows = readonly (readonly string[])[];

/** Every measurement as a row: medians over its rounds. */
export function measurementRows(result: Pick<Result, "measurements">): Rows {
  const head = [
    "workload",
    "conn.",
    "server",
    "requests/s",
    "× mana-mcp",
    "p50 ms",
    "p99 ms",
    "CPU µs",
    "MB",
  ];
  return [
    head,
    ...result.measurements.map((measurement) => {
      const { workload, era, variant, connections, server, residentMb } = measurement;
      const own = findMeasurement(result, { workload, era, variant, connections, server: "gateway" });
      return [
        // Only these are measured in both eras, so that their name alone does not say which.
        [workload, workload.startsWith("tools/") ? era : "", variant].filter((part) => part !== "").join(
          ", ",
        ),
        String(connections),
        SERVER_TITLES[server],
        cell(middle(measurement, "requestsPerSecond")),
        server === "gateway" ? "1" : cell(ratio(measurement, own)),
        ...(["p50Ms", "p99Ms", "cpuMicros"] as const).map((field) => cell(middle(measurement, field))),
        cell(residentMb),
      ];
    }),
  ];
}

/** The middle of what the rounds say; null where they say nothing. */
export function middle({ rounds }: Measurement, field: keyof Round): number | null {
  const values = rounds.map((round) => round[field]).filter((value) => value !== null);
  return values.length === 0 ? null : median(values);
}

/** What was measured besides rates. */
export function factRows({ facts }: Pick<Result, "facts">): Rows {
  return [["what", "value"], ...facts.map(({ name, value, unit }) => [name, `${readable(value)} ${unit}`])];
}

/** Whether each goal is met. */
export function verdictRows(verdicts: readonly Verdict[]): Rows {
  return [
    ["goal", "bound", "measured", ""],
    ...verdicts.map(({ goal: { name, bound, unit }, value, met }) => [
      name,
      `${"atLeast" in bound ? `≥ ${bound.atLeast}` : `≤ ${bound.atMost}`} ${unit}`,
      cell(value),
      met === null ? "not measured" : met ? "met" : "**not met**",
    ]),
  ];
}

/** A table in Markdown, columns as wide as their widest cell, as `deno fmt` has it. */
export function tableLines(rows: Rows): string[] {
  const [head = [], ...body] = rows;
  const widths = head.map((_, i) => Math.max(3, ...rows.map((row) => (row[i] ?? "").length)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, i) => (cells[i] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body.map(line)];
}

function cell(value: number | null): string {
  return value === null ? "–" : readable(value);
}

/** A number with about three digits that mean something, thousands set off: `61,400`, `4.05`, `0.0312`. */
export function readable(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 100) return Number(value.toPrecision(3)).toLocaleString("en");
  return String(Number(value.toPrecision(size >= 10 ? 3 : 2)));
}
