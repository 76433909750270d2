// What the vault is asked about a person's master key, over HTTP, and what its answers mean. How long an answer is believed is
// for keyring.ts. Contract: auth-vault section 5.

import { z } from "zod";
import { Refused, ZeroKnowledgeUserError } from "../kit/errors.ts";
import { type Hide, hide, type Secret } from "../kit/secret.ts";
import { bearerOf, type Caller } from "../people/principal.ts";
import type { ServiceAnswer, ServiceClient } from "../services/service_client.ts";
import { unusableAnswer } from "../services/unusable_answer.ts";
import type { MasterKeys } from "./master_key.ts";

/**
 * Asks the vault. Both methods throw ZeroKnowledgeUserError, Refused `vault-not-initialised`, `upstream-token-refused`,
 * `upstream-failed`, `cancelled`.
 */
export interface VaultClient {
  /** The person's key as of now, non-extractable. Leaves an audit row. Throws Refused `vault-key-invalid` as well. */
  key(caller: Caller, signal: AbortSignal): Promise<CryptoKey>;
  /**
   * Returns when a server may use the person's key. Leaves no audit row, and tells nothing of a rotation. An unknown status is
   * refused: a person who chose zero-knowledge must not be read because the vault does not answer.
   */
  check(caller: Caller, signal: AbortSignal): Promise<void>;
}

/** Creates the client. */
export function createVaultClient(deps: VaultClientDeps): VaultClient {
  return Object.freeze({
    async key(caller: Caller, signal: AbortSignal) {
      const { json } = await ask(deps, caller, "key", signal);
      const answer = parseKeyAnswer(json, deps.hide ?? hide);
      if (answer.kind === "zero-knowledge") throw new ZeroKnowledgeUserError();
      const key = answer.kind === "key" ? await deps.masterKeys.import(answer.masterKey) : null;
      if (key === null) throw new Refused({ reason: "vault-key-invalid" });
      return key;
    },

    async check(caller: Caller, signal: AbortSignal) {
      const answer = await ask(deps, caller, "status", signal);
      const status = parseStatus(answer.json);
      if (status === "zero-knowledge") throw new ZeroKnowledgeUserError();
      if (status === "none") throw new Refused({ reason: "vault-not-initialised" });
      if (status === null) throw new Refused(unusableAnswer("vault", answer));
    },
  });
}

/** Dependencies of {@link createVaultClient}. */
export interface VaultClientDeps {
  readonly services: Pick<ServiceClient, "send">;
  /** Origin of the vault, without a trailing slash. */
  readonly vaultUrl: string;
  readonly masterKeys: Pick<MasterKeys, "import">;
  /** Secrets that redact by default. */
  readonly hide?: Hide;
}

/** Whether the vault has said that a person's cached key may not be used any more. */
export function isWithdrawn({ refusal }: Refused): boolean {
  return refusal.reason === "upstream-token-refused" || hasNoKey(refusal);
}

/** Whether a refusal says that there is no key that a server could use. */
export function hasNoKey({ reason }: Refused["refusal"]): boolean {
  return reason === "zero-knowledge" || reason === "vault-not-initialised";
}

async function ask(
  deps: VaultClientDeps,
  caller: Caller,
  path: "key" | "status",
  signal: AbortSignal,
): Promise<ServiceAnswer> {
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
  if (status < 200 || status >= 300) throw new Refused(unusableAnswer("vault", answer));
  return answer;
}

/** The vault's answer to a request for the key. */
type KeyAnswer =
  | { readonly kind: "key"; readonly masterKey: Secret<string> }
  | { readonly kind: "zero-knowledge" }
  | { readonly kind: "invalid" };

const RawKeyAnswer = z.object({
  requiresRecoveryCode: z.unknown().optional(),
  masterKey: z.unknown().optional(),
  formatVersion: z.unknown().optional(),
});

/** Does not look whether `masterKey` is a key: {@link importMasterKey} does. */
function parseKeyAnswer(json: unknown, hidden: Hide): KeyAnswer {
  const raw = RawKeyAnswer.safeParse(json);
  if (!raw.success) return { kind: "invalid" };
  const { requiresRecoveryCode, masterKey, formatVersion } = raw.data;
  // The vault has no `zeroKnowledge` member in this answer: these two members show it.
  if (requiresRecoveryCode === true || masterKey === undefined || masterKey === null) {
    return { kind: "zero-knowledge" };
  }
  if (typeof masterKey !== "string" || formatVersion !== 1) return { kind: "invalid" };
  return { kind: "key", masterKey: hidden(masterKey) };
}

const RawStatus = z.object({ vaultExists: z.boolean(), zeroKnowledge: z.boolean() });

/** Whether a server may have the key, as the vault says without giving it. Null for an answer of another form. */
function parseStatus(json: unknown): "open" | "zero-knowledge" | "none" | null {
  const raw = RawStatus.safeParse(json);
  if (!raw.success) return null;
  if (!raw.data.vaultExists) return "none";
  return raw.data.zeroKnowledge ? "zero-knowledge" : "open";
}
