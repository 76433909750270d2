/**
 * `deno task bench`: starts the gateway, the servers it is compared with and a stub of its services, lets them take turns,
 * prints a table and whether the goals are met, writes `.mana-bench/result.json` and, after a full run, the tables and
 * charts of docs/performance.md. Ends with 0 whatever the numbers are, since a busy machine is nobody's fault, with 1 when
 * a server answered wrongly, and with `--strict` also when a goal is not met.
 */
import { print } from "../scripts/print.ts";
import { GOALS, judge } from "./goals.ts";
import { parseOptions, USAGE } from "./options.ts";
import { drawCharts } from "./report/charts.ts";
import { writeDocument } from "./report/document.ts";
import { terminalTable, verdictLines } from "./report/tables.ts";
import { Result } from "./result.ts";
import { runSections } from "./run_sections.ts";
import { BUILD_FOLDER } from "./servers/peers.ts";

const options = parseOptions(Deno.args);
if (options === null) {
  print(USAGE);
  Deno.exit(2);
}
const path = `${BUILD_FOLDER}/result.json`;
let result: Result;
if (options.from === null) {
  await Deno.mkdir(BUILD_FOLDER, { recursive: true });
  try {
    result = await runSections(options, {
      say: print,
      save: (soFar) => Deno.writeTextFile(path, `${JSON.stringify(soFar, null, 1)}\n`),
    });
  } catch (error) {
    print(`\nNo result: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
} else {
  result = Result.parse(JSON.parse(await Deno.readTextFile(options.from)));
}
const verdicts = GOALS.map((goal) => judge(goal, result));
for (const line of [...terminalTable(result), "", ...verdictLines(verdicts)]) print(line);
if (options.from === null) print(`\nEverything in numbers: ${path}`);
if (options.docs) {
  const charts = await drawCharts(result);
  await writeDocument(result, verdicts, charts);
  print(`Tables and ${charts.length} charts: docs/performance.md`);
}
if (options.strict && verdicts.some(({ met }) => met === false)) Deno.exit(1);
