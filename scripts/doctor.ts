// `deno task doctor`: says what a set-up is missing, with the fix. Ends with 1 when something is missing.
import { parseSettings } from "../lib/settings/settings.ts";
import { SETTINGS } from "../lib/settings/settings_table.ts";
import { judgeConfinement } from "../lib/settings/confinement.ts";
import { diagnose } from "./doctor/diagnose.ts";
import type { Finding } from "./doctor/finding.ts";
import { print } from "./print.ts";

const parsed = parseSettings(Object.fromEntries(SETTINGS.map(({ name }) => [name, Deno.env.get(name)])));
if (!parsed.ok) {
  for (const problem of parsed.problems) print(`✗ ${problem}`);
  Deno.exit(1);
}
// The doctor runs under the gateway's own flags, so what it may do is what the gateway would be allowed.
const { excesses, missing } = judgeConfinement(
  parsed.settings,
  (probe) => Deno.permissions.querySync(probe).state === "granted",
);
const rights = [...excesses, ...missing];
const findings: Finding[] = rights.map((what) => ({
  ok: false,
  what,
  fix: "start with the flags that deno task permissions prints",
}));
if (rights.length === 0) print("✓ rights are exactly what the gateway needs");
findings.push(
  ...await diagnose({
    settings: parsed.settings,
    fetch,
    now: Date.now,
    token: Deno.env.get("MANA_TOKEN")?.trim() || null,
  }),
);
for (const { ok, what, fix } of findings) print(ok ? `✓ ${what}` : `✗ ${what}\n  → ${fix ?? "see above"}`);
if (findings.some(({ ok }) => !ok)) Deno.exit(1);
