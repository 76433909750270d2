// The service of synthetic people, as their runner will ask it. Changes nothing there.
import { z } from "zod";
import { counted } from "../../lib/kit/counted.ts";
import { askService, type ServiceAnswer } from "./ask_service.ts";
import type { DiagnosisDeps, Note } from "./finding.ts";

/** Asks who is due, where the settings name the service, and whether a claim would be known. */
export async function checkPersonas(deps: DiagnosisDeps, note: Note): Promise<void> {
  const { personas } = deps;
  if (personas === undefined || personas === null) return;
  const headers = { "x-service-key": personas.key };
  const base = `${personas.url}/api/v1/personas/internal`;
  const due = await askService(deps, `${base}/due`, headers);
  const list = Due.safeParse(due.json);
  const isThere = due.status === 200 && list.success;
  note(
    isThere,
    `personas API at ${personas.url}${
      isThere ? `: ${counted(list.data.personas.length, "persona")} due` : ""
    }`,
    isThere ? "" : fixFor(due),
  );
  if (!isThere) return;
  const skew = Math.round((Date.parse(list.data.serverTime) - deps.now()) / 1000);
  note(
    Math.abs(skew) <= MAX_SKEW_SECONDS,
    `clock differs from the personas API by ${skew} s`,
    "set both clocks by NTP: claims will seem to end too early or too late",
  );
  // Nobody has this id: a service that knows claims says that there is no such persona, and an older one that there is no such path.
  const claim = await askService(deps, `${base}/nobody/claim`, headers, new URLSearchParams());
  const knowsClaims = claim.status === 404 && Refusal.safeParse(claim.json).success;
  note(
    true,
    knowsClaims
      ? "personas API knows claims: several runners share the work"
      : "personas API knows no claims: let one runner work at most, or each persona is played twice. It is an older service, whose " +
        "creation trusts the answer of a registration, and whose deletion may say ok and leave the account: look at the accounts after both",
  );
}

/** Clocks further apart than this make claims of ten minutes uncertain. */
const MAX_SKEW_SECONDS = 20;

const Due = z.object({ personas: z.array(z.unknown()), serverTime: z.iso.datetime() });
const Refusal = z.object({ error: z.literal("NotFound"), message: z.string() });

function fixFor({ status, why }: ServiceAnswer): string {
  if (status === 401 || status === 403) {
    return `${why}: MANA_PERSONAS_KEY is not the key that it was started with`;
  }
  if (status === 404) {
    return `${why}: it serves no personas; start the embedded backend with BACKEND_PERSONAS=on, or check MANA_API_URL`;
  }
  if (status === 500) {
    return `${why} when asked who is due. The reference service always does: it hands dates to its database as a driver cannot write them. ` +
      "Until that is mended, no runner gets a persona from it: mend the query of GET /due there, or use the embedded backend";
  }
  if (status === 200) {
    return "it answers 200 and no list of who is due: that is no personas API, check MANA_API_URL";
  }
  return `${why}; check MANA_API_URL and that it runs`;
}
