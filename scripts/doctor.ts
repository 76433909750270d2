import { parseConfig, SETTINGS } from "../lib/config.ts";
import { diagnose } from "./diagnose.ts";
import { print } from "./print.ts";

/** Says what a set-up is missing, with the fix. Ends with 1 when something is. */
const parsed = parseConfig(Object.fromEntries(SETTINGS.map(({ name }) => [name, Deno.env.get(name)])));
if (!parsed.ok) {
  for (const problem of parsed.problems) print(`✗ ${problem}`);
  Deno.exit(1);
}
const findings = await diagnose({
  config: parsed.config,
  fetch,
  now: Date.now,
  token: Deno.env.get("MANA_TOKEN")?.trim() || null,
});
for (const { ok, what, fix } of findings) print(ok ? `✓ ${what}` : `✗ ${what}\n  → ${fix ?? "see above"}`);
if (findings.some(({ ok }) => !ok)) Deno.exit(1);
