// The services as anybody reaches them, and the key that the gateway has for the auth service.
import { z } from "zod";
import { counted } from "../../lib/kit/counted.ts";
import { askService, type ServiceAnswer } from "./ask_service.ts";
import type { DiagnosisDeps, Note } from "./finding.ts";

/** The auth service, its keys and its clock. Returns the ids of the keys that people's own tokens can be signed with. */
export async function checkAuth(deps: DiagnosisDeps, note: Note): Promise<readonly string[]> {
  const { auth } = deps.settings.serviceUrls;
  const jwks = await askService(deps, `${auth}/api/auth/jwks`);
  note(
    jwks.status === 200,
    `auth service at ${auth}`,
    `${jwks.why}; check MANA_AUTH_URL and that it runs`,
  );
  checkClock(deps, "auth service", jwks, note);
  return jwks.status === 200 ? checkKeySet(jwks, "Ed25519 signing key", note) : [];
}

/** Whether a key set has keys that the gateway takes. Returns their ids. */
export function checkKeySet({ json }: ServiceAnswer, words: string, note: Note): readonly string[] {
  const keys = Keys.safeParse(json);
  const ours = keys.success
    ? keys.data.keys.filter((key) => key.kty === "OKP" && key.crv === "Ed25519" && key.kid)
    : [];
  note(
    ours.length > 0,
    counted(ours.length, words),
    "the key set has none: tokens must be signed with EdDSA",
  );
  return ours.map(({ kid }) => kid ?? "");
}

const Keys = z.object({
  keys: z.array(z.looseObject({ kid: z.string().optional(), kty: z.string(), crv: z.string().optional() })),
});

/** Clocks further apart than this make fresh tokens look expired. */
const MAX_SKEW_MS = 20_000;

/** Whether the clock of a service, as its answer tells it, is ours. */
export function checkClock(deps: DiagnosisDeps, service: string, { date }: ServiceAnswer, note: Note): void {
  if (date === null) return;
  const skew = Math.round((date - deps.now()) / 1000);
  note(
    Math.abs(skew) * 1000 <= MAX_SKEW_MS,
    `clock differs from the ${service} by ${skew} s`,
    "set both clocks by NTP: tokens will look expired or not valid yet",
  );
}

/** Sync service and key vault, as somebody without a token reaches them. */
export async function checkSyncAndVault(deps: DiagnosisDeps, note: Note): Promise<void> {
  const { sync: syncUrl, vault: vaultUrl } = deps.settings.serviceUrls;
  const sync = await askService(deps, `${syncUrl}/health`);
  note(
    sync.status === 200,
    `sync service at ${syncUrl}`,
    `${sync.why}; check MANA_SYNC_URL and that it runs`,
  );
  const vault = await askService(deps, `${vaultUrl}/api/v1/me/encryption-vault/key`);
  note(vault.status === 401, `key vault at ${vaultUrl}`, `${vault.why}, expected 401; check MANA_VAULT_URL`);
  // Of a service that is away, nobody knows what it keeps.
  if (sync.status !== 200) return;
  const pull = await askService(deps, `${syncUrl}${PULL}`);
  note(
    pull.status === 401,
    "sync service keeps its log from strangers",
    `${pull.why} to a pull without a token, expected 401: that is no sync service, check MANA_SYNC_URL`,
  );
}

/** A pull of a small table, which every sync service answers. */
export const PULL = "/sync/todo/pull?collection=tasks&since=1970-01-01T00:00:00.000Z";

/** Asks for the memberships of nobody, with the key: a caller who may not ask is refused before anything is looked up. */
export async function checkServiceKey(deps: DiagnosisDeps, note: Note): Promise<void> {
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
