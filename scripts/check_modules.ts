// Holds what the gateway would load against what it is made of, before `serve` and wherever its files were changed. Ends
// with 78, as for settings that cannot be used, and names each stranger and who imports it.
import { readModuleGraph, strangers } from "./gateway/module_graph.ts";

const root = new URL("..", import.meta.url);
const graph = await readModuleGraph(new URL("main.ts", root));
const problems = typeof graph === "string" ? [graph] : strangers(graph, root);
for (const problem of problems) Deno.stderr.writeSync(new TextEncoder().encode(`${problem}\n`));
if (problems.length > 0) Deno.exit(78);
