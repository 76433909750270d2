// Prints the variables that the scripts read and hand on, so that a task can allow exactly these.
import { CACHE_VARIABLES } from "./stack/deno_process.ts";
import { print } from "./print.ts";
import { SETTING_NAMES, TELEMETRY_NAMES } from "./stack/setting_names.ts";

print([...SETTING_NAMES, ...TELEMETRY_NAMES, ...CACHE_VARIABLES, "CI"].join(","));
