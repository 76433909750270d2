import { findMeasurement, type Measurement, type Result } from "../result.ts";
import { SERVER_NAMES, SERVER_TITLES } from "../servers/running_server.ts";
import { type BarGroup, drawBars } from "./bar_chart.ts";
import { drawLine } from "./line_chart.ts";
import { middle } from "./tables.ts";

/** A chart that was drawn. */
export interface Chart {
  /** File name in docs/images/performance. */
  readonly file: string;
  /** What it shows, for whoever cannot see it. */
  readonly alt: string;
  readonly svg: string;
}

const ERAS = [["modern", "2026-07-28"], ["legacy", "2025-11-25"]] as const;
const CONNECTIONS = 32;

/** Draws every chart that the result has numbers for. */
export function drawCharts(result: Result): readonly Chart[] {
  const charts: Chart[] = [];
  const bars = (
    file: string,
    title: string,
    subtitle: string,
    groups: readonly BarGroup[],
    isLogarithmic: boolean,
  ) => {
    const filled = groups.filter((group) => group.bars.length > 0);
    if (filled.length === 0) return;
    charts.push({
      file: `${file}.svg`,
      alt: `${title}, ${subtitle}`,
      svg: drawBars({ title, subtitle, groups: filled, isLogarithmic }),
    });
  };
  for (const [file, workload] of [["tools-list", "tools/list"], ["tools-call", "tools/call"]] as const) {
    const group = (field: "requestsPerSecond" | "cpuMicros") =>
      ERAS.map(([era, revision]): BarGroup => ({
        heading: revision,
        bars: SERVER_NAMES.flatMap((server) => {
          const found = findMeasurement(result, { workload, era, server, connections: CONNECTIONS });
          const value = found === undefined ? null : middle(found, field);
          return value === null
            ? []
            : [{ label: SERVER_TITLES[server], value, isOurs: server === "gateway" }];
        }),
      }));
    const scale = `${CONNECTIONS} connections, logarithmic`;
    bars(file, workload, `requests/s, ${scale}`, group("requestsPerSecond"), true);
    bars(`${file}-cpu`, workload, `CPU µs per request, less is better, ${scale}`, group("cpuMicros"), true);
  }
  const variants = (workload: string, label: (measurement: Measurement) => string) =>
    result.measurements.filter((measurement) =>
      measurement.workload === workload && measurement.server === "gateway"
    )
      .flatMap((measurement) => {
        const value = middle(measurement, "requestsPerSecond");
        return value === null ? [] : [{ label: label(measurement), value, isOurs: true }];
      });
  const byConnections = ({ connections }: Measurement) =>
    `${connections} connection${connections === 1 ? "" : "s"}`;
  bars(
    "records",
    "Work on records",
    "requests/s of mana-mcp, services that answer at once",
    ["habits.list", "todo.list", "todo.create", "mixed 80/20"].map((workload) => ({
      heading: workload,
      bars: variants(workload, byConnections),
    })),
    false,
  );
  bars("scale", "What grows", "requests/s of mana-mcp, warm", [
    {
      heading: "todo.list, by changes in the log",
      bars: variants("todo.list by history", ({ variant }) => variant),
    },
    {
      heading: "habits.list, by people in turn",
      bars: variants("habits.list by people", ({ variant }) => variant),
    },
  ], false);
  bars("start", "Start", "ms from the start of the process to listening, less is better", [{
    heading: "",
    bars: SERVER_NAMES.flatMap((server) => {
      const fact = result.facts.find(({ id }) => id === `start-ms/${server}`);
      return fact === undefined
        ? []
        : [{ label: SERVER_TITLES[server], value: fact.value, isOurs: server === "gateway" }];
    }),
  }], false);
  if (result.memory.length > 1) {
    const subtitle = "resident MB of mana-mcp under mixed load";
    charts.push({
      file: "memory.svg",
      alt: `Memory over time, ${subtitle}`,
      svg: drawLine({
        title: "Memory over time",
        subtitle,
        points: result.memory.map(({ seconds, residentMb }) => ({ x: seconds / 60, y: residentMb })),
        xUnit: "min",
        yUnit: "MB",
      }),
    });
  }
  return charts;
}
