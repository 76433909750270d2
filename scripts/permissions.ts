import { parseConfig, SETTINGS } from "../lib/config.ts";
import { gatewayFlags } from "../lib/gateway_flags.ts";

/**
 * Prints the flags of the gateway for the settings in the environment, computed by the gateway's own parser: on one line,
 * for `deno run $(…) main.ts`. For unusable settings it prints flags without any host, so that the gateway starts, says
 * what is wrong with every setting, and exits with 78. With `--check`, meant for people, it says so itself.
 */
const parsed = parseConfig(Object.fromEntries(SETTINGS.map(({ name }) => [name, Deno.env.get(name)])));
console.log(gatewayFlags(parsed.ok ? parsed.config : null).join(" "));
if (Deno.args.includes("--check") && !parsed.ok) {
  for (const problem of parsed.problems) console.error(problem);
  Deno.exit(78);
}
