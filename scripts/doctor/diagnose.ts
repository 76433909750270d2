// What a set-up is missing, with the fix: services, keys, clocks, sign-in, and with a person's token all the rest.
// Asks the services and changes nothing. Prints nothing and never throws: doctor.ts shows the findings.
import { checkAuth, checkServiceKey, checkSyncAndVault } from "./check_services.ts";
import { checkPersonas } from "./check_personas.ts";
import { checkSignIn } from "./check_sign_in.ts";
import { checkStore } from "./check_store.ts";
import { checkWithToken } from "./check_with_token.ts";
import type { DiagnosisDeps, Finding, Note } from "./finding.ts";

/** Looks at everything a gateway with these settings needs, in the order in which things fail. Never throws. */
export async function diagnose(deps: DiagnosisDeps): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const note: Note = (ok, what, fix) =>
    void findings.push(ok || fix === undefined ? { ok, what } : { ok, what, fix });

  const keyIds = await checkAuth(deps, note);
  await checkSignIn(deps, { isAuthThere: keyIds.length > 0 }, note);
  await checkSyncAndVault(deps, note);
  await checkServiceKey(deps, note);
  await checkStore(deps, note);
  await checkPersonas(deps, note);
  if (deps.token !== null) await checkWithToken(deps, deps.token, keyIds, note);
  else {
    note(
      true,
      "no token given: set MANA_TOKEN to have issuer, audience, vault and client id looked at as well",
    );
  }
  return findings;
}
