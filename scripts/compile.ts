// `deno task compile`: makes one binary of the gateway at `dist/mana-mcp`, or at the path given, with the permissions for the
// settings in the environment baked in: whatever its environment says later, it reaches these hosts and no others. The
// settings themselves are read when it starts, so that no secret is in the file. Compiled with WORKER=1/N it serves as each of N workers.
import { binaryFlags } from "../lib/settings/process_flags.ts";
import { readGatewaySettings, refuseSettings } from "./gateway/gateway_settings.ts";
import { readModuleGraph, strangers } from "./gateway/module_graph.ts";

const settings = readGatewaySettings();
if (!settings.ok) refuseSettings(settings.problems);
const root = new URL("..", import.meta.url);
const graph = await readModuleGraph(new URL("main.ts", root));
const problems = typeof graph === "string" ? [graph] : strangers(graph, root);
if (problems.length > 0) refuseSettings(problems);
const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    "compile",
    "--exclude-unused-npm",
    ...binaryFlags(settings.settings),
    "--output",
    Deno.args[0] ?? "dist/mana-mcp",
    new URL("main.ts", root).href,
  ],
  stdout: "inherit",
  stderr: "inherit",
}).output();
Deno.exit(code);
