import { main } from "../../main.ts";
import { MODULES } from "../../tools/modules.ts";
import { VIEWS } from "../../tools/views.ts";
import { moduleOf } from "../_support/modules.ts";
import { createHostileTools } from "./_hostile_tools.ts";

/** The real gateway with tools that crash with their arguments in hand. */
main({
  modules: [...MODULES, moduleOf(...createHostileTools())],
  prompts: [],
  skills: [],
  profiles: [],
  views: VIEWS,
});
