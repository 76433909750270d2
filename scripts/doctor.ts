// `deno task doctor`: says what a set-up is missing, with the fix. Ends with 1 when something is missing.
import { parseSettings } from "../lib/settings/settings.ts";
import { SETTINGS } from "../lib/settings/settings_table.ts";
import { judgeConfinement } from "../lib/settings/confinement.ts";
import { hostAndPort } from "../process/address.ts";
import { diagnose } from "./doctor/diagnose.ts";
import type { Finding } from "./doctor/finding.ts";
import { PERSONAS_VARIABLES, personasDoorProblem, readPersonasDoor } from "./doctor/personas_door.ts";
import { print } from "./print.ts";

const parsed = parseSettings(Object.fromEntries(SETTINGS.map(({ name }) => [name, Deno.env.get(name)])));
if (!parsed.ok) {
  for (const problem of parsed.problems) print(`✗ ${problem}`);
  Deno.exit(1);
}
const aboutPersonas = Object.fromEntries(PERSONAS_VARIABLES.map((name) => [name, Deno.env.get(name)]));
const personas = readPersonasDoor(aboutPersonas);
// The doctor runs under the gateway's own flags, so what it may do is what the gateway would be allowed; but for the host of the
// personas API, which only the doctor asks.
const { serviceUrls } = parsed.settings;
const isGatewaysOwn = Object.values(serviceUrls).some((url) =>
  url !== null && hostAndPort(url) === personas?.host
);
const { excesses, missing } = judgeConfinement(
  parsed.settings,
  (probe) =>
    Deno.permissions.querySync(probe).state === "granted" &&
    (isGatewaysOwn || personas === null || probe.name !== "net" || probe.host !== personas.host),
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
    personas,
    token: Deno.env.get("MANA_TOKEN")?.trim() || null,
  }),
);
const unlooked = personasDoorProblem(aboutPersonas);
if (unlooked !== null) findings.push(unlooked);
for (const { ok, what, fix } of findings) print(ok ? `✓ ${what}` : `✗ ${what}\n  → ${fix ?? "see above"}`);
if (findings.some(({ ok }) => !ok)) Deno.exit(1);
