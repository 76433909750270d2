// What a person's change log says of its writers: the changes as the service gives them, read with the gateway's own verifier and
// the key that the vault gives.
import assert from "node:assert/strict";
import { z } from "zod";
import { type Authorship, createAuthorship } from "../../lib/authorship/authorship.ts";
import type { Writer } from "../../lib/authorship/change_verifier.ts";
import { type Change, createShare, parseChange } from "../../lib/changes/change.ts";
import { createClock } from "../../lib/kit/clock.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";
import { createMasterKeys } from "../../lib/sealing/master_key.ts";
import { pullAll, type WireTable } from "../_support/device.ts";
import { callerFor } from "../_support/request_context.ts";
import type { Person, World } from "../_support/world.ts";

const VaultKey = z.object({ masterKey: z.string() });

/** Authorship with this master key (base64) alone, whoever asks. */
export async function authorshipWith(masterKey: string): Promise<Authorship> {
  const masterKeys = createMasterKeys();
  const key = await masterKeys.import(hideStrictly(masterKey));
  assert.ok(key);
  const give = () => Promise.resolve(key);
  return createAuthorship({
    masterKeys,
    keyring: { held: () => key, key: give, sealingKey: give },
    clock: createClock({ calendar: () => 0, elapsed: () => 0 }),
  });
}

/** The person's master key as the vault has it now, in base64. */
export async function vaultKey(
  world: Pick<World, "auth">,
  { token }: Pick<Person, "token">,
): Promise<string> {
  const response = await world.auth("/api/v1/me/encryption-vault/key", {
    headers: { authorization: `Bearer ${token}` },
  });
  return VaultKey.parse(await response.json()).masterKey;
}

/** A change as the gateway reads it. */
export function readChange(entry: Readonly<Record<string, unknown>>): Change {
  const change = parseChange(entry, String(entry.table), createShare());
  assert.ok(change, JSON.stringify(entry));
  return change;
}

/** The writers of a table's changes, oldest first, as `person` can tell them with the key that the vault gives now. */
export async function writersOf(
  world: World,
  person: Pick<Person, "token" | "id">,
  where: WireTable,
): Promise<Writer[]> {
  const authorship = await authorshipWith(await vaultKey(world, person));
  const verifier = await authorship.verifierFor(
    callerFor(person.id, person.token),
    AbortSignal.timeout(5_000),
  );
  const changes = await pullAll(world, person, where);
  return await Promise.all(
    changes.map((change) => verifier.writerOf(where.app, where.table, readChange(change))),
  );
}
