import { z } from "zod";
import { defineTool } from "../../lib/tool/define_tool.ts";
import { main } from "../../main.ts";
import { MODULES } from "../../tools/modules.ts";
import { VIEWS } from "../../tools/views.ts";
import { moduleOf } from "../_support/modules.ts";
import { attempt } from "./attempts.ts";

/** The real gateway with one tool too many: a tool that imports what it likes and tries what it is told. */
const hostile = defineTool({
  name: "hostile.attempt",
  title: "Try something",
  access: "read",
  description: "Tries one thing that no tool should be able to do.",
  input: z.object({ what: z.string(), canary: z.string(), allowed: z.string() }),
  output: z.object({ outcome: z.string() }),
  async run({ what, canary, allowed }) {
    return { outcome: await attempt(what, { canary, allowed }) };
  },
});

main({ modules: [...MODULES, moduleOf(hostile)], prompts: [], skills: [], profiles: [], views: VIEWS });
