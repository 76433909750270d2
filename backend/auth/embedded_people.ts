// The embedded accounts as the source of people that sign-in asks (sign_in/people/people.ts). All is in this process: nothing
// is asked over HTTP, and nobody is ever unavailable.
import { z } from "zod";
import { ADMISSION_HEADER } from "../../sign_in/identity/identity_options.ts";
import { EXCHANGED_TOKEN_SECONDS } from "../../sign_in/kit/limits.ts";
import { tokenTimes } from "../../sign_in/oauth/tokens/token_times.ts";
import type {
  Entered,
  Registration,
  SignInAttempt,
  SignInOutcome,
  SignUpOutcome,
} from "../../sign_in/people/entrance.ts";
import { type People, PeopleFault, type PersonToken } from "../../sign_in/people/people.ts";
import type { Vault } from "../vault/vault.ts";
import { type AccountRoutesDeps, signInWithCookie } from "./account_routes.ts";
import type { Memberships } from "./spaces/memberships.ts";
import { toPersonClaims } from "./tokens/token_claims.ts";

/** Creates the source. */
export function createEmbeddedPeople(deps: EmbeddedPeopleDeps): People {
  return {
    entrance: {
      kind: "password",
      signIn: (attempt) => signIn(deps, attempt),
      signUp: (registration) => signUp(deps, registration),
      leave: () => Promise.resolve(),
    },
    spacesOf: ({ userId }) => deps.memberships.spacesOf(userId),
    countSpaces: async (userId) => (await deps.memberships.listFor(userId)).length,
    mintToken: ({ userId, clientId, expiresAt }, scope) =>
      mintToken(deps, userId, { act: { sub: clientId }, scope }, expiresAt),
    mintOwnToken: ({ userId }) => mintToken(deps, userId, {}),
    async grantMade(_grantId, { userId }) {
      // The app's first call needs the person's key. A person who signed up a minute ago has no key yet.
      if (!deps.vault.status(userId).vaultExists) await deps.vault.init(userId);
    },
    grantEnded: () => Promise.resolve(),
    isLeaving: () => Promise.resolve(false),
    keyStatus: (userId) => deps.vault.status(userId),
  };
}

/** What the source is made of. */
export interface EmbeddedPeopleDeps extends AccountRoutesDeps {
  readonly memberships: Memberships;
  readonly vault: Vault;
  /** Public base URL of auth. */
  readonly issuer: string;
}

/** better-auth's answer to a person who got in: where an app's waiting request goes on. */
const EnteredAnswer = z.object({ url: z.string().nullish() });

const Refused = z.object({ code: z.string().optional(), error: z.string().optional() }).catch({});

async function signIn(deps: EmbeddedPeopleDeps, attempt: SignInAttempt): Promise<SignInOutcome> {
  const { email, password, oauthQuery } = attempt;
  const answer = await signInWithCookie(
    deps,
    toRequest(deps, "/sign-in/email", { email, password }, oauthQuery),
  );
  if (answer.ok) return await entered(answer);
  const { error } = Refused.parse(await answer.json());
  if (error === "invalid_signature") return { outcome: "expired" };
  if (answer.status !== 429) return { outcome: "wrong-password" };
  return { outcome: "held-back", seconds: Number(answer.headers.get("retry-after")) };
}

async function signUp(deps: EmbeddedPeopleDeps, registration: Registration): Promise<SignUpOutcome> {
  const { email, password, name, oauthQuery } = registration;
  const answer = await deps.identity.handler(
    toRequest(deps, "/sign-up/email", { email, password, name }, oauthQuery),
  );
  if (answer.ok) return await entered(answer);
  const { code, error } = Refused.parse(await answer.json());
  if (error === "invalid_signature") return { outcome: "expired" };
  const isTaken = code?.startsWith("USER_ALREADY_EXISTS") || code === "FAILED_TO_CREATE_USER";
  return { outcome: isTaken ? "address-taken" : "address-refused" };
}

function toRequest(
  { issuer, admission }: EmbeddedPeopleDeps,
  path: string,
  body: Readonly<Record<string, string>>,
  oauthQuery: string,
): Request {
  return new Request(`${issuer}/api/auth${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json", // the next address is a value in the answer, not a redirect
      [ADMISSION_HEADER]: admission, // the next address is the provider's, which is guarded
      origin: new URL(issuer).origin,
    },
    body: JSON.stringify({ ...body, ...(oauthQuery === "" ? {} : { oauth_query: oauthQuery }) }),
  });
}

async function entered(answer: Response): Promise<Entered> {
  const { url } = EnteredAnswer.parse(await answer.json());
  return { outcome: "entered", cookies: answer.headers.getSetCookie(), url: url || undefined };
}

/**
 * Signs as session tokens are signed, for {@link EXCHANGED_TOKEN_SECONDS} at most. The further claims name the app that acts;
 * without them it is the person themselves.
 */
async function mintToken(
  deps: EmbeddedPeopleDeps,
  userId: string,
  further: { readonly act?: { readonly sub: string }; readonly scope?: string },
  expiresAt?: number,
): Promise<PersonToken> {
  const { internalAdapter } = await deps.identity.$context;
  const user = await internalAdapter.findUserById(userId);
  const times = tokenTimes({ expiresAt }, deps.now(), EXCHANGED_TOKEN_SECONDS);
  if (user === null || times === undefined) throw new PeopleFault("gone");
  const payload = { ...toPersonClaims(user), ...further, ...times };
  const { token } = await deps.identity.api.signJWT({ body: { payload } });
  return { token, expiresIn: times.exp - times.iat };
}
