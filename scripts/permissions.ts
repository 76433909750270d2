// `deno task permissions`: prints the flags of the gateway for the settings in the environment, on one line, for
// `deno run $(…) main.ts`. For unusable settings it prints flags without any host, so that the gateway starts, says
// what is wrong with every setting, and exits with 78. With `--check`, meant for people, it says so itself.
import { gatewayFlags } from "../lib/settings/process_flags.ts";
import { readGatewaySettings, refuseSettings } from "./gateway/gateway_settings.ts";
import { print } from "./print.ts";

const settings = readGatewaySettings();
print(gatewayFlags(settings.ok ? settings.settings : null).join(" "));
if (Deno.args.includes("--check") && !settings.ok) refuseSettings(settings.problems);
