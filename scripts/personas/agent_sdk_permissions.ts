// Prints the flags of the runner whose days the Agent SDK plays, as permissions.ts does for the runner itself.
import { PLACES } from "../../runner/agent_sdk/installed.ts";
import { agentSdkFlags } from "../../runner/agent_sdk/permissions.ts";
import { parseSettings } from "../../runner/settings/settings.ts";
import { SETTING_NAMES } from "../../runner/settings/settings_table.ts";
import { print } from "../print.ts";

const parsed = parseSettings(Object.fromEntries(SETTING_NAMES.map((name) => [name, Deno.env.get(name)])));
print(agentSdkFlags(parsed.ok ? parsed.settings : null, PLACES).join(" "));
