// `deno task server-json`: prints the server.json of the installation that the settings are of, and says on stderr what keeps the MCP
// registry from taking it. Ends with 1 then.
import { print } from "../print.ts";
import { readListingArguments } from "./listing_arguments.ts";
import { makeServerJson, serverJsonProblems } from "./server_json.ts";

const asked = readListingArguments(Deno.args, (name) => Deno.env.get(name));
const json = asked.ok ? makeServerJson(asked.words) : undefined;
const problems = asked.ok && json !== undefined ? serverJsonProblems(json) : asked.ok ? [] : asked.problems;
if (json !== undefined) print(JSON.stringify(json, null, 2));
for (const problem of problems) {
  await Deno.stderr.write(new TextEncoder().encode(`✗ ${problem}\n`));
}
if (problems.length > 0) Deno.exitCode = 1;
