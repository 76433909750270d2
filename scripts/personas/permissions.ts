// Prints the flags of the runner of personas for the settings in the environment, on one line, for `deno run $(…) runner/main.ts`.
// For unusable settings it prints flags without any host, so that the runner starts, says what is wrong, and exits with 78.
import { runnerFlags } from "../../runner/settings/permissions.ts";
import { parseSettings } from "../../runner/settings/settings.ts";
import { SETTING_NAMES } from "../../runner/settings/settings_table.ts";
import { print } from "../print.ts";

const parsed = parseSettings(Object.fromEntries(SETTING_NAMES.map((name) => [name, Deno.env.get(name)])));
print(runnerFlags(parsed.ok ? parsed.settings : null).join(" "));
