// `deno task modules`: writes what the backend has to know of tools/modules.ts.
import { MODULES } from "../tools/modules.ts";
import { grantableModules } from "./grantable_modules.ts";

await Deno.writeTextFile("sign_in/modules.json", grantableModules(MODULES));
