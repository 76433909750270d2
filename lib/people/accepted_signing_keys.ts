// The public keys that tokens are signed with: which kinds are taken, where they come from, how long a set is kept. Another
// kind of key, such as EC, is an entry of ALGORITHMS. Contract: auth-vault section 1; RFC 7517.
import { z } from "zod";
import { Refused } from "../kit/errors.ts";
import { JWKS_COOLDOWN_MS, JWKS_MAX_AGE_MS, JWKS_STALE_MS } from "../kit/limits.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import type { KeyedService } from "../services/keyed_service.ts";
import { unusableAnswer } from "../services/unusable_answer.ts";

/** What a token's header may name as `alg`, and the JSON Web Key that such a token is verified with. */
const ALGORITHMS = Object.freeze({
  EdDSA: {
    key: z.object({
      kty: z.literal("OKP"),
      crv: z.literal("Ed25519"),
      x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    }),
    import: { name: "Ed25519" },
  },
});

/** Values of `alg` that are taken; anything else is refused before a key is looked up. */
export const TOKEN_ALGORITHMS: readonly string[] = Object.freeze(Object.keys(ALGORITHMS));

/** Finds the key of a token. */
export interface AcceptedSigningKeys {
  /**
   * The key of this id; undefined where the server has none. Asks the server when the set is old or lacks the key.
   * Throws Refused `upstream-failed` when no set can be had.
   */
  keyFor(kid: string, tally?: RequestTally): Promise<CryptoKey | undefined>;
}

/** The server that publishes the keys, at `/api/auth/jwks`. Needs no key of the gateway. */
export type AcceptedSigningKeysDeps = Omit<KeyedService, "serviceKey">;

/**
 * Creates the finder of one server's keys, with no key. Only this server is asked: a token never says where its key is. Each
 * server has a finder of its own, so that a key id that two servers use names two keys. `onUse` is told how old the set was by which a
 * key was found.
 */
export function createAcceptedSigningKeys(
  deps: AcceptedSigningKeysDeps,
  onUse: (ageMs: number) => void = () => {},
): AcceptedSigningKeys {
  const state: State = { set: null, loading: null, failure: null };
  return Object.freeze({
    async keyFor(kid: string, tally?: RequestTally) {
      const key = await findKey(deps, state, kid, tally);
      if (key !== undefined && state.set !== null) onUse(ageAt(deps.clock.calendar(), state.set));
      return key;
    },
  });
}

interface KeySet {
  readonly byId: ReadonlyMap<string, CryptoKey>;
  readonly at: number;
}

interface State {
  set: KeySet | null;
  loading: Promise<KeySet> | null;
  failure: { readonly at: number; readonly error: unknown } | null;
}

async function findKey(
  deps: AcceptedSigningKeysDeps,
  state: State,
  kid: string,
  tally: RequestTally | undefined,
): Promise<CryptoKey | undefined> {
  const now = deps.clock.calendar();
  const { set, failure } = state;
  if (set === null || ageAt(now, set) >= JWKS_STALE_MS) return (await load(deps, state, tally)).byId.get(kid);
  const known = set.byId.get(kid);
  // A made-up key id must not make the gateway hammer the server: one fetch per cooldown, also while the server is down.
  if (ageAt(now, set) < (known === undefined ? JWKS_COOLDOWN_MS : JWKS_MAX_AGE_MS)) return known;
  try {
    if (failure !== null && ageAt(now, failure) < JWKS_COOLDOWN_MS) throw failure.error;
    return (await load(deps, state, tally)).byId.get(kid);
  } catch (error) {
    // A short outage of the server must not log everybody out; a token lives 15 minutes anyway.
    if (known === undefined) throw error;
    return known;
  }
}

/** Fetches the set; whoever comes meanwhile waits for the same answer. */
function load(deps: AcceptedSigningKeysDeps, state: State, tally: RequestTally | undefined): Promise<KeySet> {
  state.loading ??= fetchKeys(deps, tally).then((fresh) => {
    state.failure = null;
    return state.set = fresh;
  }, (error: unknown) => {
    state.failure = { at: deps.clock.calendar(), error };
    throw error;
  }).finally(() => state.loading = null);
  return state.loading;
}

/** Infinite where the clock was set back behind `at`: that must not lengthen the life of a key set, or of a failure. */
function ageAt(now: number, { at }: { readonly at: number }): number {
  return now >= at ? now - at : Infinity;
}

const Answer = z.object({ keys: z.array(z.unknown()).max(100) });
const SigningKey = z.object({ kid: z.string().min(1), use: z.literal("sig").optional() });

async function fetchKeys(deps: AcceptedSigningKeysDeps, tally: RequestTally | undefined): Promise<KeySet> {
  const answer = await deps.services.send({
    service: deps.name,
    url: `${deps.url}/api/auth/jwks`,
    ...(tally === undefined ? {} : { tally }),
  });
  const parsed = Answer.safeParse(answer.json);
  if (answer.status !== 200 || !parsed.success) throw new Refused(unusableAnswer(deps.name, answer));
  const byId = new Map<string, CryptoKey>();
  for (const candidate of parsed.data.keys) {
    const signing = SigningKey.safeParse(candidate);
    const key = signing.success ? await importKey(candidate) : null;
    if (signing.success && key !== null) byId.set(signing.data.kid, key);
  }
  return { byId, at: deps.clock.calendar() };
}

/** The key, for verifying alone; null for a kind that is not taken. */
async function importKey(candidate: unknown): Promise<CryptoKey | null> {
  for (const { key, import: algorithm } of Object.values(ALGORITHMS)) {
    const parsed = key.safeParse(candidate);
    if (parsed.success) {
      return await crypto.subtle.importKey("jwk", parsed.data, algorithm, false, ["verify"]);
    }
  }
  return null;
}
