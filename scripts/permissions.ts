import { gatewayFlags } from "../lib/settings/process_flags.ts";
import { readGatewaySettings, refuseSettings } from "./gateway/gateway_settings.ts";
import { print } from "./print.ts";

/**
 * Prints the flags of the gateway for the settings in the environment, computed by the gateway's own parser: on one line,
 * for `deno run $(…) main.ts`. For unusable settings it prints flags without any host, so that the gateway starts, says
 * what is wrong with every setting, and exits with 78. With `--check`, meant for people, it says so itself.
 */
const settings = readGatewaySettings();
print(gatewayFlags(settings.ok ? settings.settings : null).join(" "));
if (Deno.args.includes("--check") && !settings.ok) refuseSettings(settings.problems);
