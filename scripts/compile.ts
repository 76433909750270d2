import { parseConfig, SETTINGS } from "../lib/config.ts";
import { gatewayFlags } from "../lib/gateway_flags.ts";

/**
 * Makes one binary of the gateway at `dist/mana-mcp`, or at the path given, with the permissions for the settings in the
 * environment baked in: whatever its environment says later, it reaches these hosts and no others. The settings themselves
 * are read when it starts, so that no secret is in the file.
 */
const output = Deno.args[0] ?? "dist/mana-mcp";
const parsed = parseConfig(Object.fromEntries(SETTINGS.map(({ name }) => [name, Deno.env.get(name)])));
if (!parsed.ok) {
  for (const problem of parsed.problems) console.error(problem);
  Deno.exit(78);
}
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["compile", ...gatewayFlags(parsed.config), "--output", output, new URL("../main.ts", import.meta.url).pathname],
  stdout: "inherit",
  stderr: "inherit",
}).output();
Deno.exit(code);
