import { allowedNet, parseConfig, SETTINGS } from "../lib/config.ts";
import { print } from "./print.ts";

/**
 * Prints the gateway's `--allow-net` list for the settings in the environment, computed by the gateway's own parser.
 * For settings that are not usable it prints a host that cannot exist: the gateway then starts with no network, says what
 * is wrong with every setting, and exits with 78.
 */
const parsed = parseConfig(Object.fromEntries(SETTINGS.map(({ name }) => [name, Deno.env.get(name)])));
print(parsed.ok ? allowedNet(parsed.config).join(",") : "none.invalid:1");
