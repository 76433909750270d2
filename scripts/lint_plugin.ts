// The rules of docs/architecture.md, as `deno lint` and editors show them; tests/scripts/lint_plugin_test.ts.
import { ambientRules } from "./lint/ambient_rules.ts";
import { importRules } from "./lint/import_rules.ts";
import { sizeRules } from "./lint/size_rules.ts";
import { stateRules } from "./lint/state_rules.ts";

/** The plugin. */
export default {
  name: "mana",
  rules: { ...importRules, ...ambientRules, ...stateRules, ...sizeRules },
} satisfies Deno.lint.Plugin;
