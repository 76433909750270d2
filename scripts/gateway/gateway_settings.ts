// The gateway's settings for scripts, read and refused as the gateway itself does.
import { parseSettings, type SettingsResult } from "../../lib/settings/settings.ts";
import { SETTINGS } from "../../lib/settings/settings_table.ts";

/** Reads the gateway's settings as the gateway does. */
export function readGatewaySettings(): SettingsResult {
  return parseSettings(Object.fromEntries(SETTINGS.map(({ name }) => [name, Deno.env.get(name)])));
}

/** Ends the script as the gateway would: every problem, exit code 78. */
export function refuseSettings(problems: readonly string[]): never {
  for (const problem of problems) Deno.stderr.writeSync(new TextEncoder().encode(`${problem}\n`));
  Deno.exit(78);
}
