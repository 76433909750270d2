import { MODULES } from "../tools/modules.ts";
import { grantableModules } from "./grantable_modules.ts";

/** Writes what the backend has to know of tools/modules.ts. */
await Deno.writeTextFile("backend/modules.json", grantableModules(MODULES));
