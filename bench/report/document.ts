import type { Verdict } from "../goals.ts";
import type { Machine, Result } from "../result.ts";
import type { Chart } from "./charts.ts";
import { factRows, markdownTable, measurementRows, verdictRows } from "./tables.ts";

const DOCUMENT = "docs/performance.md";
const IMAGES = "docs/images/performance";
/** What lies between the two is written by `deno task bench`. */
export const BEGIN = "<!-- written by deno task bench: begin -->";
/** See {@link BEGIN}. */
export const END = "<!-- written by deno task bench: end -->";

/** Writes the charts, and tables and verdicts between the marks of the document. */
export async function writeDocument(
  result: Result,
  verdicts: readonly Verdict[],
  charts: readonly Chart[],
): Promise<void> {
  await Deno.mkdir(IMAGES, { recursive: true });
  for (const { file, svg } of charts) await Deno.writeTextFile(`${IMAGES}/${file}`, svg);
  const before = await Deno.readTextFile(DOCUMENT);
  await Deno.writeTextFile(DOCUMENT, replaceMarked(before, resultLines(result, verdicts, charts)));
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
export function resultLines(
  result: Result,
  verdicts: readonly Verdict[],
  charts: readonly Chart[],
): string[] {
  const { extent, skipped, machine } = result;
  return [
    ...(extent === "full" ? [] : ["**From a quick run: to see that it works, not to be quoted.**", ""]),
    machineSentence(machine),
    "",
    ...skipped.flatMap(({ what, reason }) => [`Not measured: ${what} (${reason}).`, ""]),
    "### Goals",
    "",
    ...markdownTable(verdictRows(verdicts)),
    "",
    "### Charts",
    "",
    ...charts.flatMap(({ file, alt }) => [`![${alt}](images/performance/${file})`, ""]),
    "### Every measurement",
    "",
    ...markdownTable(measurementRows(result)),
    "",
    "### Times and memory",
    "",
    ...markdownTable(factRows(result)),
  ];
}

function machineSentence({ date, os, cpu, cores, memoryGb, versions }: Machine): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version ?? "absent"}`).join(
    ", ",
  );
  return `Measured on ${date}: ${cpu}, ${cores} cores, ${memoryGb} GB, ${os}; ${programs}.`;
}
