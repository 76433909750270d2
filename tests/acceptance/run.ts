// `deno task acceptance`: what an operator's people do, against the sign-in server and the gateway as processes. By default in
// front of the stand-in; in front of real services where MANA_AUTH_URL, MANA_SYNC_URL, ACCEPTANCE_EMAIL and
// ACCEPTANCE_PASSWORD are set. Prints a table, why a step was left out, and what went wrong; ends with 1 then.
import { print } from "../../scripts/print.ts";
import { installBefore, installBeforeStandIn } from "./on_ports.ts";
import { hasPassed, tableOf, takeSteps } from "./step.ts";
import { acceptanceSteps } from "./steps.ts";

/** The installation that the environment names. */
async function install() {
  const authUrl = Deno.env.get("MANA_AUTH_URL");
  const syncUrl = Deno.env.get("MANA_SYNC_URL");
  const email = Deno.env.get("ACCEPTANCE_EMAIL");
  const password = Deno.env.get("ACCEPTANCE_PASSWORD");
  if (authUrl === undefined || syncUrl === undefined) return await installBeforeStandIn();
  if (email === undefined || password === undefined) {
    throw new TypeError(
      "Real services need somebody who signs in there: set ACCEPTANCE_EMAIL and ACCEPTANCE_PASSWORD",
    );
  }
  const issuer = Deno.env.get("JWT_ISSUER") ?? authUrl;
  const person = { email, password };
  return await installBefore({
    existing: { authUrl, syncUrl, issuer, person },
    authServiceKey: Deno.env.get("MANA_SERVICE_KEY"),
    team: Deno.env.get("ACCEPTANCE_TEAM"),
  });
}

if (import.meta.main) {
  await using installation = await install();
  const results = await takeSteps(installation, acceptanceSteps());
  print(tableOf(results));
  for (const { says, error } of results) {
    if (error !== undefined) print(`\n✗ ${says}\n${error instanceof Error ? error.stack : error}`);
  }
  const failed = results.filter(({ error }) => error !== undefined).length;
  const passed = results.filter(({ error, leftOut }) => error === undefined && leftOut === undefined).length;
  print(`${passed} passed, ${failed} failed`);
  Deno.exitCode = hasPassed(results) ? 0 : 1;
}
