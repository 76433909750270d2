// The one picture: requests per second of every server, drawn by ECharts without a browser.
import { BarChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { findMeasurement, type Result } from "../result.ts";
import { SERVER_TITLES, type ServerName } from "../servers/running_server.ts";
import { middle, readable } from "./tables.ts";

const WORKLOADS = ["tools/list", "tools/call"] as const;
const SERVERS = ["rust", "go", "fastmcp", "mcp-server-tuned", "mcp-server", "floor", "gateway"] as const;

/** An SVG; null when nothing in it was measured. FastMCP, which speaks the older revisions only, is shown with these. */
export function drawChart(result: Pick<Result, "measurements">): string | null {
  const rate = (workload: string, server: ServerName) => {
    const era = server === "fastmcp" ? "legacy" : "modern";
    const found = findMeasurement(result, { workload, era, server });
    return found && middle(found, "requestsPerSecond");
  };
  const shown = SERVERS.filter((server) =>
    WORKLOADS.some((workload) => rate(workload, server) !== undefined)
  );
  if (shown.length === 0) return null;
  use([BarChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);
  const chart = init(null, null, { renderer: "svg", ssr: true, width: 820, height: 130 + 52 * shown.length });
  chart.setOption({
    animation: false,
    backgroundColor: "#ffffff",
    title: {
      text: "Requests per second",
      subtext: "32 connections under wrk, logarithmic; more is better",
      left: 16,
    },
    legend: { right: 24, top: 16 },
    grid: { left: 180, right: 80, top: 80, bottom: 40 },
    xAxis: { type: "log", min: 10 },
    yAxis: { type: "category", data: shown.map((server) => SERVER_TITLES[server]) },
    series: WORKLOADS.map((workload) => ({
      name: workload,
      type: "bar",
      label: { show: true, position: "right", formatter: ({ value }: { value: number }) => readable(value) },
      data: shown.map((server) => rate(workload, server) ?? "-"),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}
