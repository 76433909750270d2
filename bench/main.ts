// `deno task bench`: starts the gateway, the servers it is compared with and a stub of its services, lets them take turns
// under wrk, prints tables and whether the goals are met, writes `.mana-bench/result.json` and, with `--docs`, the tables and
// the picture of docs/performance.md. Ends with 0 whatever the numbers are, since a busy machine is nobody's fault, with 1
// when a server answered wrongly, and with `--strict` also when a goal is not met.
import { print } from "../scripts/print.ts";
import { GOALS, judge } from "./goals.ts";
import { parseOptions, USAGE } from "./options.ts";
import { DOCUMENT, writeDocument } from "./report/document.ts";
import { factRows, measurementRows, tableLines, verdictRows } from "./report/tables.ts";
import type { Result } from "./result.ts";
import { runSections } from "./run_sections.ts";
import { BUILD_FOLDER } from "./servers/peers.ts";

const options = parseOptions(Deno.args);
if (options === null) {
  print(USAGE);
  Deno.exit(2);
}
const path = `${BUILD_FOLDER}/result.json`;
await Deno.mkdir(BUILD_FOLDER, { recursive: true });
try {
  const save = (result: Result) => Deno.writeTextFile(path, `${JSON.stringify(result, null, 1)}\n`);
  const result = await runSections(options, print, save);
  const verdicts = GOALS.map((goal) => judge(goal, result));
  for (const rows of [measurementRows(result), factRows(result), verdictRows(verdicts)]) {
    for (const line of ["", ...tableLines(rows)]) print(line);
  }
  print(`\nEvery round of it: ${path}`);
  if (options.docs) {
    await writeDocument(result, verdicts);
    print(`Written: ${DOCUMENT}`);
  }
  if (options.strict && verdicts.some(({ met }) => met === false)) Deno.exit(1);
} catch (error) {
  print(`\nNo result: ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}
