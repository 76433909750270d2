// What only a person's token shows: whether the gateway would take it, and whether the services do.
import { decodeJwt, decodeProtectedHeader } from "@panva/jose";
import { z } from "zod";
import { counted } from "../../lib/kit/counted.ts";
import { isSeparate } from "../../lib/kit/services.ts";
import { askService } from "./ask_service.ts";
import { PULL } from "./check_services.ts";
import type { DiagnosisDeps, Note } from "./finding.ts";

/** Looks at a person's own token and at what the services say to it. `keyIds` are the keys of the auth service. */
export async function checkWithToken(
  deps: DiagnosisDeps,
  token: string,
  keyIds: readonly string[],
  note: Note,
): Promise<void> {
  if (!checkToken(deps, token, keyIds, note)) return;
  const authorization = { authorization: `Bearer ${token}` };
  await checkVaultAndSpaces(deps, authorization, note);
  await checkChangeLog(deps, authorization, note);
}

const Pull = z.object({
  serverChanges: z.array(z.looseObject({
    eventId: z.string(),
    actor: z.looseObject({ principalId: z.string().optional() }).optional(),
  })),
});

/** What the token says of itself. Returns false for a text that is no JWT. */
function checkToken(deps: DiagnosisDeps, token: string, keyIds: readonly string[], note: Note): boolean {
  const { settings } = deps;
  let claims: ReturnType<typeof decodeJwt>;
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    [claims, header] = [decodeJwt(token), decodeProtectedHeader(token)];
  } catch {
    note(false, "token", "MANA_TOKEN is no JWT: get one (deno task token --auth URL)");
    return false;
  }
  if (header.typ === "at+jwt") {
    note(false, "token", "MANA_TOKEN is an assistant's: give the person's own (deno task token --auth URL)");
    return false;
  }
  const { iss = "nobody", aud = "nobody", exp = 0 } = claims;
  note(
    settings.issuers.includes(iss),
    `token issuer ${iss}`,
    `set JWT_ISSUER=${iss}; it is ${settings.issuers.join(",")} now`,
  );
  note(
    [aud].flat().includes(settings.audience),
    `token audience ${[aud].flat().join(", ")}`,
    `set JWT_AUDIENCE to it; it is ${settings.audience} now`,
  );
  note(exp * 1000 > deps.now(), "token has not ended", "get a fresh token: they last 15 minutes");
  note(
    keyIds.includes(header.kid ?? ""),
    "token is signed with a published key",
    "the auth service has other keys: sign in again",
  );
  return true;
}

type Authorization = { readonly authorization: string };

async function checkVaultAndSpaces(
  deps: DiagnosisDeps,
  authorization: Authorization,
  note: Note,
): Promise<void> {
  const { serviceUrls, serviceKey } = deps.settings;
  const key = await askService(deps, `${serviceUrls.vault}/api/v1/me/encryption-vault/key`, authorization);
  note(
    key.status === 200,
    "key vault takes the token",
    key.status === 404 ? "open the Mana app once" : key.why,
  );
  const list = await askService(deps, `${serviceUrls.auth}/api/auth/organization/list`, authorization);
  const isTold = list.status === 200 || (list.status === 401 && serviceKey !== null);
  if (!isTold && list.status === 401 && isSeparate("sign-in", serviceUrls)) {
    // The sign-in server tells the spaces of whoever signed in there.
    return note(
      true,
      "the auth service refuses a JWT on its list of spaces: people's own tokens need MANA_SERVICE_KEY, assistants do not",
    );
  }
  note(
    isTold,
    "spaces can be looked up",
    list.status === 401
      ? "the auth service refuses a JWT on its list of spaces: set up a sign-in server (MANA_SIGN_IN_URL) or set MANA_SERVICE_KEY, else every tool that works with records is refused"
      : `${list.why} to a question for spaces, expected 200 or 401: check MANA_AUTH_URL`,
  );
}

/** Whether the sync service answers the token, and whether another program writes under our client id. */
async function checkChangeLog(deps: DiagnosisDeps, authorization: Authorization, note: Note): Promise<void> {
  const { serviceUrls, clientId } = deps.settings;
  const [all, without] = await Promise.all([
    askService(deps, `${serviceUrls.sync}${PULL}`, authorization),
    askService(deps, `${serviceUrls.sync}${PULL}`, { ...authorization, "x-client-id": clientId }),
  ]);
  note(
    all.status === 200,
    "sync service takes the token",
    all.status === 402 ? "activate the sync subscription" : all.why,
  );
  const [pulled, rest] = [Pull.safeParse(all.json), Pull.safeParse(without.json)];
  if (all.status === 200) {
    note(
      pulled.success,
      "sync service answers with changes",
      "its answer is none of a sync service: check MANA_SYNC_URL",
    );
  }
  if (all.status === 200) await checkLedger(deps, authorization, note);
  if (!pulled.success || !rest.success) return;
  const seen = new Set(rest.data.serverChanges.map(({ eventId }) => eventId));
  // A change that only the owner of our client id does not see was written under it; the gateway signs what it writes.
  const strangers = pulled.data.serverChanges.filter(({ eventId, actor }) =>
    !seen.has(eventId) && !/^(?:mana-)?mcp:/.test(actor?.principalId ?? "")
  );
  note(
    strangers.length === 0,
    `client id ${clientId} is used by this gateway only`,
    `it stands on ${
      counted(strangers.length, "change")
    } of another program: set MANA_MCP_CLIENT_ID to something of its own`,
  );
}

/** Whether the sync service takes the ledger, which lies in an app of the gateway's own: it bills each app by itself. */
async function checkLedger(deps: DiagnosisDeps, authorization: Authorization, note: Note): Promise<void> {
  const { ledger, serviceUrls } = deps.settings;
  const answer = await askService(deps, `${serviceUrls.sync}${LEDGER_PULL}`, authorization);
  const isTaken = answer.status === 200;
  if (!isTaken && ledger === "off") return note(true, "no ledger is kept (LEDGER=off)");
  note(
    isTaken,
    "sync service takes the app mcp, in which the ledger lies",
    answer.status === 402
      ? "it answers 402: exempt the app mcp from billing, or the ledger is not kept, and nothing is handed out where it is strict"
      : answer.why,
  );
}

const LEDGER_PULL = "/sync/mcp/pull?collection=ledger&since=9999-12-31T23:59:59.999Z";
