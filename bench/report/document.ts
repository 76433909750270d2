// Writes what a run found out into the page about it.
import type { Verdict } from "../goals.ts";
import type { Result } from "../result.ts";
import { drawChart } from "./chart.ts";
import { factRows, measurementRows, tableLines, verdictRows } from "./tables.ts";

/** The page. */
export const DOCUMENT = "docs/performance.md";
const PICTURE = "images/performance.svg";
/** What lies between the two is written by `deno task bench --docs`. */
export const BEGIN = "<!-- written by deno task bench --docs: begin -->";
/** See {@link BEGIN}. */
export const END = "<!-- written by deno task bench --docs: end -->";

/** Writes the picture, and tables and verdicts between the marks of the page. */
export async function writeDocument(result: Result, verdicts: readonly Verdict[]): Promise<void> {
  const svg = drawChart(result);
  if (svg !== null) await Deno.writeTextFile(`docs/${PICTURE}`, svg);
  const before = await Deno.readTextFile(DOCUMENT);
  await Deno.writeTextFile(DOCUMENT, replaceMarked(before, resultLines(result, verdicts)));
}

/** The document with these lines between its marks. Throws TypeError when it does not have both, once and in order. */
export function replaceMarked(document: string, lines: readonly string[]): string {
  const [before, rest, ...more] = document.split(BEGIN);
  const [, after, ...further] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined || more.length + further.length > 0) {
    throw new TypeError(`Cannot write ${DOCUMENT}: it must have ${BEGIN} and ${END} once each`);
  }
  return [`${before}${BEGIN}`, "", ...lines, "", `${END}${after}`].join("\n");
}

/** What is written between the marks. */
export function resultLines(result: Result, verdicts: readonly Verdict[]): string[] {
  const { extent, skipped, machine: { date, hardware, load, versions } } = result;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version ?? "absent"}`).join(
    ", ",
  );
  return [
    ...(extent === "full" ? [] : ["**From a quick run: to see that it works, not to be quoted.**", ""]),
    `Measured on ${date}: ${hardware}, load ${load} before the run; ${programs}.`,
    "",
    ...skipped.flatMap(({ name, reason }) => [`Not measured: ${name} (${reason}).`, ""]),
    `![Requests per second of every server, 32 connections, logarithmic](${PICTURE})`,
    ...[verdictRows(verdicts), measurementRows(result), factRows(result)].flatMap((
      rows,
    ) => ["", ...tableLines(rows)]),
  ];
}
