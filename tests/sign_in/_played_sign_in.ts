// A sign-in server whose source of people ends each attempt as the test says, for what the pages show. What real sources of
// people answer is tested beside them.
import assert from "node:assert/strict";
import { z } from "zod";
import { toAccountOptions } from "../../backend/auth/account_options.ts";
import { migrateSignIn } from "../../sign_in/database/migrate_sign_in.ts";
import { ADMISSION_HEADER } from "../../sign_in/identity/identity_options.ts";
import type { Entered, Entrance } from "../../sign_in/people/entrance.ts";
import type { People, Space } from "../../sign_in/people/people.ts";
import { onlySecret } from "../../sign_in/secrets/secrets.ts";
import type { PeopleParts } from "../../sign_in/people/people_parts.ts";
import { createSignInServer, type SignInServer } from "../../sign_in/sign_in_server.ts";
import { type Browser, createBrowser } from "../_support/browser.ts";
import { CHEAP_HASHER } from "../_support/cheap_hasher.ts";
import { ISSUER, RESOURCE } from "../_support/oauth_flow.ts";
import { AUTH_SECRET, type AuthDoor, PASSWORD, post, SERVICE_KEY } from "../_support/test_backend.ts";
import { openTestDatabase } from "../_support/test_database.ts";

/** Makes the server, at `issuer`. `play` makes the source of people; `enter` in it lets a person in for real. */
export async function playSignIn(play: (parts: Parts) => Played, issuer = ISSUER): Promise<PlayedSignIn> {
  const signIn = await openTestDatabase(":memory:");
  await migrateSignIn(signIn);
  const clock = { now: Date.parse("2026-05-01T12:00:00.000Z") };
  const log: Record<string, string | number>[] = [];
  const left: string[] = [];
  let made: PeopleParts | undefined;
  const server = await createSignInServer({
    signIn,
    secrets: onlySecret(AUTH_SECRET),
    issuer,
    audience: "mana",
    origins: [],
    gatewayAddresses: [RESOURCE],
    serviceKey: SERVICE_KEY,
    accounts: (stores) =>
      toAccountOptions(
        { signIn, audience: "mana", passwordHasher: CHEAP_HASHER, ensureProfile: () => {} },
        stores,
      ),
    createPeople(parts) {
      made = parts;
      return toPeople(play({ enter: (email, oauthQuery) => enter(issuer, parts, email, oauthQuery), left }));
    },
    now: () => clock.now,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    randomUUID: () => crypto.randomUUID(),
    log: (entry) => void log.push(entry),
  });
  const fetch = async (request: Request) => await server.routes.fetch(request, { address: "192.0.2.7" });
  return {
    server,
    clock,
    log,
    left,
    fetch,
    auth: (path, init) => fetch(new Request(new URL(path, issuer), init)),
    browser: () => createBrowser(issuer, fetch),
    async makePerson(name) {
      assert.ok(made);
      const body = { name, email: `${name}@mana.test`, password: PASSWORD };
      const answer = await made.identity.handler(new Request(`${issuer}/api/auth/sign-up/email`, post(body)));
      assert.equal(answer.status, 200, await answer.text());
    },
    [Symbol.asyncDispose]: () => signIn.close(),
  };
}

/** A server with played people, asked in this process. */
export interface PlayedSignIn extends AuthDoor, AsyncDisposable {
  readonly server: SignInServer;
  readonly clock: { now: number };
  readonly log: readonly Record<string, string | number>[];
  /** Sessions that the source of people was told the end of. */
  readonly left: readonly string[];
  /** The server as a listener asks it. */
  readonly fetch: (request: Request) => Promise<Response>;
  browser(): Browser;
  /** Makes an account, without a browser in which it is signed in. */
  makePerson(name: string): Promise<void>;
}

/** What a played source can use. */
interface Parts {
  /** Opens a session of this person. */
  enter(email: string, oauthQuery: string): Promise<Entered | { readonly outcome: "expired" }>;
  readonly left: string[];
}

/** The parts of a source that a test plays; everything else is a source that knows one space and says yes. */
export interface Played extends Partial<Omit<People, "entrance">> {
  readonly entrance: Entrance;
}

/** The space of everybody. */
export const SPACE: Space = {
  id: "space-1",
  name: "Anna",
  slug: "anna",
  logo: null,
  metadata: { type: "personal" },
  createdAt: "2026-04-01T00:00:00.000Z",
};

function toPeople(played: Played): People {
  return {
    spacesOf: () => Promise.resolve([SPACE]),
    countSpaces: () => Promise.resolve(1),
    mintToken: () => Promise.resolve({ token: "a token", expiresIn: 300 }),
    mintOwnToken: () => Promise.resolve({ token: "their own token", expiresIn: 300 }),
    grantMade: () => Promise.resolve(),
    grantEnded: () => Promise.resolve(),
    isLeaving: () => Promise.resolve(false),
    keyStatus: undefined,
    ...played,
  };
}

const Answer = z.object({ url: z.string().nullish() });

async function enter(
  issuer: string,
  { identity, admission }: PeopleParts,
  email: string,
  oauthQuery: string,
) {
  const body = { email, password: PASSWORD, ...(oauthQuery === "" ? {} : { oauth_query: oauthQuery }) };
  const headers = { accept: "application/json", origin: issuer, [ADMISSION_HEADER]: admission };
  const answer = await identity.handler(
    new Request(`${issuer}/api/auth/sign-in/email`, post(body, headers)),
  );
  if (!answer.ok) return { outcome: "expired" } as const;
  const { url } = Answer.parse(await answer.json());
  return { outcome: "entered", cookies: answer.headers.getSetCookie(), url: url || undefined } as const;
}
