import { SETTING_NAMES as BACKEND_SETTINGS } from "../backend/settings.ts";
import { SETTINGS } from "../lib/config.ts";

/** Every variable that the gateway or the embedded backend reads, each once. */
export const SETTING_NAMES: readonly string[] = [
  ...new Set([...SETTINGS.map(({ name }) => name), ...BACKEND_SETTINGS]),
];
