// Prints the flags of the sign-in server for the settings in the environment, on one line, for `deno run $(…) sign_in/main.ts`.
// For unusable settings it prints flags without any host, so that the server starts, says what is wrong, and exits with 78.
import { signInFlags } from "../sign_in/settings/permissions.ts";
import { parseSettings } from "../sign_in/settings/settings.ts";
import { SETTING_NAMES } from "../sign_in/settings/settings_table.ts";
import { print } from "./print.ts";

const parsed = parseSettings(Object.fromEntries(SETTING_NAMES.map((name) => [name, Deno.env.get(name)])));
print(signInFlags(parsed.ok ? parsed.settings : null).join(" "));
