// What a set-up is missing, with the fix: services, keys, clocks, and with a person's token all the rest.
// Asks the services and changes nothing. Prints nothing and never throws: doctor.ts shows the findings.
import { decodeJwt, decodeProtectedHeader } from "@panva/jose";
import { z } from "zod";
import { counted } from "../../lib/kit/counted.ts";
import { AuthorizationServerMetadata, metadataAddresses } from "../../lib/people/authorization_server.ts";
import type { Settings } from "../../lib/settings/settings.ts";
import { askService, type ServiceAnswer } from "./ask_service.ts";

/** Looks at everything a gateway with these settings needs, in the order in which things fail. Never throws. */
export async function diagnose(deps: DiagnosisDeps): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const note = (ok: boolean, what: string, fix?: string) =>
    void findings.push(ok || fix === undefined ? { ok, what } : { ok, what, fix });

  const keyIds = await checkAuth(deps, note);
  await checkSyncAndVault(deps, note);
  await checkServiceKey(deps, note);
  if (deps.token === null) {
    note(
      true,
      "no token given: set MANA_TOKEN to have issuer, audience, vault and client id looked at as well",
    );
    return findings;
  }
  if (!checkToken(deps, deps.token, keyIds, note)) return findings;
  const authorization = { authorization: `Bearer ${deps.token}` };
  await checkVaultAndSpaces(deps, authorization, note);
  await checkChangeLog(deps, authorization, note);
  return findings;
}

/** One thing that was looked at. */
export interface Finding {
  readonly ok: boolean;
  readonly what: string;
  /** What to do about it; absent when it is fine. */
  readonly fix?: string;
}

/** What a set-up is examined with. */
export interface DiagnosisDeps {
  readonly settings: Settings;
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A person's token. Null: whatever needs a token is not looked at. */
  readonly token: string | null;
}

type Note = (ok: boolean, what: string, fix?: string) => void;

/** Clocks further apart than this make fresh tokens look expired. */
const MAX_SKEW_MS = 20_000;
const PULL = "/sync/todo/pull?collection=tasks&since=1970-01-01T00:00:00.000Z";
const Keys = z.object({
  keys: z.array(z.looseObject({ kid: z.string().optional(), kty: z.string(), crv: z.string().optional() })),
});
const Pull = z.object({
  serverChanges: z.array(z.looseObject({
    eventId: z.string(),
    actor: z.looseObject({ principalId: z.string().optional() }).optional(),
  })),
});

/** The auth service, its keys and its clock. Returns the ids of the keys that tokens can be signed with. */
async function checkAuth(deps: DiagnosisDeps, note: Note): Promise<readonly string[]> {
  const { auth } = deps.settings.serviceUrls;
  const jwks = await askService(deps, `${auth}/api/auth/jwks`);
  note(
    jwks.status === 200,
    `auth service at ${auth}`,
    `${jwks.why}; check MANA_AUTH_URL and that it runs`,
  );
  const keys = Keys.safeParse(jwks.json);
  const ours = keys.success
    ? keys.data.keys.filter((key) => key.kty === "OKP" && key.crv === "Ed25519" && key.kid)
    : [];
  if (jwks.status === 200) {
    note(
      ours.length > 0,
      counted(ours.length, "Ed25519 signing key"),
      "the key set has none: tokens must be signed with EdDSA",
    );
  }
  checkClock(deps, jwks, note);
  if (jwks.status === 200) await checkSignIn(deps, note);
  return ours.map(({ kid }) => kid ?? "");
}

function checkClock(deps: DiagnosisDeps, { date }: ServiceAnswer, note: Note): void {
  if (date === null) return;
  const skew = Math.round((date - deps.now()) / 1000);
  note(
    Math.abs(skew) * 1000 <= MAX_SKEW_MS,
    `clock differs from the auth service by ${skew} s`,
    "set both clocks by NTP: tokens will look expired or not valid yet",
  );
}

/** Whether apps can sign in, and get tokens there that the gateway takes. Neither is needed to work with one's own token. */
async function checkSignIn(deps: DiagnosisDeps, note: Note): Promise<void> {
  const { serviceUrls, issuers } = deps.settings;
  for (const address of metadataAddresses(serviceUrls.auth, issuers)) {
    const metadata = AuthorizationServerMetadata.safeParse((await askService(deps, address)).json);
    if (!metadata.success) continue;
    const { issuer } = metadata.data;
    return note(
      issuers.some((known) => known.replace(/\/$/, "") === issuer.replace(/\/$/, "")),
      `apps can sign in at ${issuer}`,
      `set JWT_ISSUER=${issuer}; tokens of apps are refused while it is ${issuers.join(",")}`,
    );
  }
  note(
    true,
    "the auth service is no authorization server: assistants need the person's own token in a header, and the gateway names none",
  );
}

async function checkSyncAndVault(deps: DiagnosisDeps, note: Note): Promise<void> {
  const { sync: syncUrl, vault: vaultUrl } = deps.settings.serviceUrls;
  const sync = await askService(deps, `${syncUrl}/health`);
  note(
    sync.status === 200,
    `sync service at ${syncUrl}`,
    `${sync.why}; check MANA_SYNC_URL and that it runs`,
  );
  const vault = await askService(deps, `${vaultUrl}/api/v1/me/encryption-vault/key`);
  note(vault.status === 401, `key vault at ${vaultUrl}`, `${vault.why}, expected 401; check MANA_VAULT_URL`);
  const pull = await askService(deps, `${syncUrl}${PULL}`);
  note(
    sync.status !== 200 || pull.status === 401,
    "sync service keeps its log from strangers",
    `${pull.why} to a pull without a token, expected 401: that is no sync service, check MANA_SYNC_URL`,
  );
}

/** Asks for the memberships of nobody, with the key: a caller who may not ask is refused before anything is looked up. */
async function checkServiceKey(deps: DiagnosisDeps, note: Note): Promise<void> {
  const { serviceUrls, serviceKey } = deps.settings;
  if (serviceKey === null) return;
  const url = `${serviceUrls.auth}/api/v1/internal/users/nobody/memberships`;
  const answer = await askService(deps, url, { "x-service-key": serviceKey.reveal() });
  if (answer.status === 0) return;
  note(
    answer.status === 200,
    "auth service takes the service key",
    [401, 403].includes(answer.status)
      ? `${answer.why}: MANA_SERVICE_KEY is not the key that it was started with`
      : `${answer.why} when asked for memberships, expected 200: check MANA_AUTH_URL`,
  );
}

/** What the token says of itself. Returns false for a text that is no JWT. */
function checkToken(deps: DiagnosisDeps, token: string, keyIds: readonly string[], note: Note): boolean {
  const { settings } = deps;
  let claims: ReturnType<typeof decodeJwt>;
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    [claims, header] = [decodeJwt(token), decodeProtectedHeader(token)];
  } catch {
    note(false, "token", "MANA_TOKEN is no JWT: sign in again");
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
  note(
    list.status === 200 || serviceKey !== null,
    "spaces can be looked up",
    "the auth service refuses a JWT on its list of spaces: set MANA_SERVICE_KEY, without which every tool is refused",
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
  if (!pulled.success || !rest.success) return;
  const seen = new Set(rest.data.serverChanges.map(({ eventId }) => eventId));
  // A change that only the owner of our client id does not see was written under it; the gateway signs what it writes.
  const strangers = pulled.data.serverChanges.filter(({ eventId, actor }) =>
    !seen.has(eventId) && !actor?.principalId?.startsWith("mcp:")
  );
  note(
    strangers.length === 0,
    `client id ${clientId} is used by this gateway only`,
    `it stands on ${
      counted(strangers.length, "change")
    } of another program: set MANA_MCP_CLIENT_ID to something of its own`,
  );
}
