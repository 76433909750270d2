// `deno task tools:docs`: writes docs/tools.md, the page of all tools and profiles.
import { MODULES } from "../tools/modules.ts";
import { PROFILES } from "../tools/profiles.ts";
import { VIEWS } from "../tools/views.ts";
import { tablesOfModules } from "./tools_page/module_tables.ts";
import { toolsPage } from "./tools_page/tools_page.ts";

await Deno.writeTextFile(
  "docs/tools.md",
  toolsPage({ modules: MODULES, profiles: PROFILES, views: VIEWS, tables: await tablesOfModules("tools") }),
);
