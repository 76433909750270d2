import { bearerOf, type Caller } from "../people/principal.ts";
import { Refused, ZeroKnowledgeUserError } from "../kit/errors.ts";
import { type Hide, hide } from "../kit/secret.ts";
import type { ServiceAnswer, ServiceClient } from "../services/service_client.ts";
import { importMasterKey } from "./cipher.ts";
import { parseVaultKeyAnswer, parseVaultStatus } from "../changes/sync_messages.ts";

/** Dependencies of {@link createVaultClient}. */
export interface VaultClientDeps {
  readonly services: ServiceClient;
  /** Origin of the vault, without a trailing slash. */
  readonly vaultUrl: string;
  /** Secrets that redact by default. */
  readonly hide?: Hide;
}

/**
 * What the vault is asked (auth-vault section 5), and nothing about how long an answer is believed. Both throw
 * ZeroKnowledgeUserError, Refused `vault-not-initialised`, `upstream-token-refused`, `upstream-failed`, `cancelled`.
 */
export interface VaultClient {
  /** The person's key as of now, non-extractable. Leaves an audit row. Throws Refused `vault-key-invalid` as well. */
  key(caller: Caller, signal: AbortSignal): Promise<CryptoKey>;
  /**
   * Returns when a server may use the person's key. Leaves no audit row, and tells nothing of a rotation. What cannot be
   * known is refused: a person who chose zero-knowledge must not be read because the vault does not answer.
   */
  check(caller: Caller, signal: AbortSignal): Promise<void>;
}

/** Creates the client. */
export function createVaultClient(deps: VaultClientDeps): VaultClient {
  const ask = async (caller: Caller, path: string, signal: AbortSignal): Promise<ServiceAnswer> => {
    const answer = await deps.services.send({
      service: "vault",
      url: `${deps.vaultUrl}/api/v1/me/encryption-vault/${path}`,
      headers: bearerOf(caller),
      tally: caller.tally,
      signal,
    });
    const { status } = answer;
    if (status === 401) throw new Refused({ reason: "upstream-token-refused", upstream: "vault" });
    if (status === 404 && answer.code === "VAULT_NOT_INITIALISED") {
      throw new Refused({ reason: "vault-not-initialised" });
    }
    if (status < 200 || status >= 300) {
      const fault = status >= 500 ? "failed" : "rejected";
      throw new Refused({ reason: "upstream-failed", upstream: "vault", fault, status });
    }
    return answer;
  };

  return Object.freeze({
    async key(caller: Caller, signal: AbortSignal) {
      const { json } = await ask(caller, "key", signal);
      const parsed = parseVaultKeyAnswer(json, deps.hide ?? hide);
      if (parsed.kind === "zero-knowledge") throw new ZeroKnowledgeUserError();
      const key = parsed.kind === "key" ? await importMasterKey(parsed.masterKey) : null;
      if (key === null) throw new Refused({ reason: "vault-key-invalid" });
      return key;
    },

    async check(caller: Caller, signal: AbortSignal) {
      const status = parseVaultStatus((await ask(caller, "status", signal)).json);
      if (status === "zero-knowledge") throw new ZeroKnowledgeUserError();
      if (status === "none") throw new Refused({ reason: "vault-not-initialised" });
      if (status === null) {
        throw new Refused({ reason: "upstream-failed", upstream: "vault", fault: "malformed" });
      }
    },
  });
}

/** Whether the vault has said that what is held of a person may be used no more. */
export function isWithdrawn({ refusal }: Refused): boolean {
  return refusal.reason === "upstream-token-refused" || refusal.reason === "vault-not-initialised" ||
    refusal.reason === "zero-knowledge";
}
