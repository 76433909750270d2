import { readable } from "./numbers.ts";
import { chartFrame } from "./svg.ts";

/** What a line chart shows: one line, from zero upwards. */
export interface LineChart {
  readonly title: string;
  readonly subtitle: string;
  /** Points from left to right. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Words for the ends of the axes. */
  readonly xUnit: string;
  readonly yUnit: string;
}

const WIDTH = 760;
const LEFT = 70;
const TOP = 70;
const PLOT_HEIGHT = 200;
const GRID_LINES = 4;

/** Draws one line over a grid that starts at zero, as an SVG document. */
export function drawLine({ title, subtitle, points, xUnit, yUnit }: LineChart): string {
  const mostX = Math.max(...points.map(({ x }) => x), Number.MIN_VALUE);
  const mostY = roundUp(Math.max(...points.map(({ y }) => y), Number.MIN_VALUE));
  const room = WIDTH - LEFT - 20;
  const at = ({ x, y }: { readonly x: number; readonly y: number }) =>
    `${(LEFT + x / mostX * room).toFixed(1)},${(TOP + PLOT_HEIGHT - y / mostY * PLOT_HEIGHT).toFixed(1)}`;
  const content: string[] = [];
  for (let i = 0; i <= GRID_LINES; i++) {
    const value = mostY * i / GRID_LINES;
    const y = TOP + PLOT_HEIGHT - PLOT_HEIGHT * i / GRID_LINES;
    content.push(
      `<line class="grid" x1="${LEFT}" y1="${y}" x2="${WIDTH - 20}" y2="${y}"/>`,
      `<text class="label" x="${LEFT - 10}" y="${y + 4}" text-anchor="end">${readable(value)}</text>`,
    );
  }
  content.push(
    `<polyline class="line" points="${points.map(at).join(" ")}"/>`,
    `<text class="label" x="${LEFT - 10}" y="${TOP - 12}" text-anchor="end">${yUnit}</text>`,
    `<text class="label" x="${LEFT}" y="${TOP + PLOT_HEIGHT + 22}">0</text>`,
    `<text class="label" x="${WIDTH - 20}" y="${TOP + PLOT_HEIGHT + 22}" text-anchor="end">${
      readable(mostX)
    } ${xUnit}</text>`,
  );
  return chartFrame({ title, subtitle, width: WIDTH, height: TOP + PLOT_HEIGHT + 36, content });
}

/** The next of 1, 2, 5, 10, 20, 50, …: grid lines at numbers that people read. */
function roundUp(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 5, 8, 10].map((step) => step * decade).find((step) => step >= value) ?? value;
}
