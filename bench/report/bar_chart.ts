import { readable } from "./numbers.ts";
import { chartFrame, escapeXml } from "./svg.ts";

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Ours: in the accent colour. */
  readonly isOurs: boolean;
}

/** Bars under a common heading. */
export interface BarGroup {
  readonly heading: string;
  readonly bars: readonly Bar[];
}

/** What a bar chart shows. */
export interface BarChart {
  readonly title: string;
  /** What the values are, and on which scale. */
  readonly subtitle: string;
  readonly groups: readonly BarGroup[];
  /** For values whose sizes differ by more than about fifty times. */
  readonly isLogarithmic: boolean;
}

const WIDTH = 760;
const LABEL_WIDTH = 190;
const VALUE_WIDTH = 80;
const BAR_HEIGHT = 20;
const BAR_STEP = 26;
const HEADING_HEIGHT = 30;
const TOP = 62;

/** Draws horizontal bars with their values beside them, as an SVG document. */
export function drawBars({ title, subtitle, groups, isLogarithmic }: BarChart): string {
  const values = groups.flatMap(({ bars }) => bars.map(({ value }) => value)).filter((value) => value > 0);
  const largest = Math.max(...values, Number.MIN_VALUE);
  // A decade below the smallest value, so that its bar can be seen.
  const smallest = 10 ** Math.floor(Math.log10(Math.min(...values, largest)) - 0.3);
  const share = (value: number) => {
    if (value <= 0) return 0;
    return isLogarithmic ? Math.log10(value / smallest) / Math.log10(largest / smallest) : value / largest;
  };
  const room = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  const parts: string[] = [];
  let y = TOP;
  for (const { heading, bars } of groups) {
    if (heading !== "") {
      parts.push(`<text class="heading" x="0" y="${y + 14}">${escapeXml(heading)}</text>`);
      y += HEADING_HEIGHT;
    }
    for (const { label, value, isOurs } of bars) {
      const width = Math.max(2, share(value) * room);
      parts.push(
        `<text class="label" x="${LABEL_WIDTH - 10}" y="${y + 15}" text-anchor="end">${
          escapeXml(label)
        }</text>`,
        `<rect class="${isOurs ? "ours" : "other"}" x="${LABEL_WIDTH}" y="${y}" width="${
          width.toFixed(1)
        }" height="${BAR_HEIGHT}" rx="3"/>`,
        `<text class="value" x="${(LABEL_WIDTH + width + 8).toFixed(1)}" y="${y + 15}">${
          readable(value)
        }</text>`,
      );
      y += BAR_STEP;
    }
    y += 10;
  }
  return chartFrame({ title, subtitle, width: WIDTH, height: y, content: parts });
}
