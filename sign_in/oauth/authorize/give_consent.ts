// The person's answer to an app: makes the grant and its code, or tells the app no. The page that asks is
// pages/consent_routes.tsx.
import { z } from "zod";
import type { AskProvider } from "../provider/ask_provider.ts";
import type { AuthorizationRequest } from "./authorization_request.ts";
import type { ClientTables } from "../clients/client_store.ts";
import type { KnownApp } from "../clients/is_same_app.ts";
import type { AuthorizationCodes } from "../grants/authorization_codes.ts";
import type { EndGrant, People, SignedIn } from "../../people/people.ts";
import type { GrantStore } from "../grants/grant_store.ts";
import type { StoredNarrowing } from "../grants/narrowing.ts";
import { BROAD_SCOPES, OFFLINE_ACCESS, type Permission } from "../grants/scopes.ts";
import { sha256 } from "../../kit/sha256.ts";

/**
 * Makes the grant and its code. Returns the address that brings the code to the app; `undefined` when the request
 * has been answered already or is too old.
 */
export async function giveConsent(
  deps: GiveConsentDeps,
  subject: ConsentSubject,
  choice: ConsentChoice,
): Promise<string | undefined> {
  const { request, oauthQuery, person, client } = subject;
  const id = deps.randomUUID();
  // Before the grant is made: when the source of people does not answer, the request stays open and can be answered again.
  await deps.people.grantMade(id, person);
  const isNew = await deps.grants.create({
    id,
    userId: person.userId,
    clientId: client.id,
    app: client,
    requested: choice.offered,
    requestedSpaces: request.spaces,
    permissions: choice.offered.filter((permission) => choice.permissions.includes(permission)),
    spaces: choice.spaces,
    offline: request.offline,
    gatewayAddresses: request.gatewayAddresses,
    requestHash: await sha256(oauthQuery),
    expiresAt: choice.expiresAt,
    keepsOthers: choice.keepsOthers,
    zoneinfo: choice.zoneinfo,
    toolProfile: choice.toolProfile,
    askFirst: choice.askFirst,
    narrowing: choice.narrowing,
    readBudget: choice.readBudget,
  });
  if (!isNew) {
    await deps.people.grantEnded(id);
    return undefined;
  }
  // better-auth has to hear some scope of the request, also when the person kept only earlier permissions.
  const scope = request.scope.split(" ").filter((word) => isTouched(word, choice.permissions)).join(" ") ||
    request.scope;
  const url = await deps.runAsGrant(id, () => answerRequest(deps.ask, subject, { accept: true, scope }));
  // The consent served to make this code; the person has to answer the next request again.
  await deps.tables.deleteMany({ model: "oauthConsent", where: [{ field: "referenceId", value: id }] });
  const code = url === undefined ? null : new URL(url).searchParams.get("code");
  if (code === null) {
    await deps.endGrant(id);
    return undefined;
  }
  await deps.codes.setCode(id, await sha256(code));
  return url;
}

/** What consent needs. */
export interface GiveConsentDeps {
  readonly ask: AskProvider;
  readonly people: Pick<People, "grantMade" | "grantEnded">;
  readonly endGrant: EndGrant;
  readonly grants: GrantStore;
  readonly codes: AuthorizationCodes;
  readonly tables: ClientTables;
  /** Runs `work` as the consent for one grant. */
  readonly runAsGrant: <T>(grantId: string, work: () => Promise<T>) => Promise<T>;
  readonly randomUUID: () => string;
}

/** The person who answers, and the request. */
export interface ConsentSubject {
  readonly request: AuthorizationRequest;
  /** The signed request, word for word. */
  readonly oauthQuery: string;
  readonly client: KnownApp;
  readonly person: SignedIn;
  readonly cookie: string;
}

/** The person's choice. */
export interface ConsentChoice {
  readonly permissions: readonly Permission[];
  /** Permissions that could be ticked, which may be more than the request names. */
  readonly offered: readonly Permission[];
  /** Empty: all spaces. */
  readonly spaces: readonly string[];
  readonly expiresAt: number | undefined;
  /** Whether other connections of the same app stay. */
  readonly keepsOthers: boolean;
  /** The person's time zone, by its IANA name. */
  readonly zoneinfo: string | undefined;
  /** The profile of tools that the app is shown; `undefined`: by what it was allowed. */
  readonly toolProfile: string | undefined;
  /** Whether the person is asked before each change that the app makes. */
  readonly askFirst: boolean;
  /** What the app is narrowed by; what it says of modules that were not allowed is dropped. */
  readonly narrowing: StoredNarrowing;
  /** How many records an hour the app may open; `undefined`: the gateway's own number. */
  readonly readBudget: number | undefined;
}

const Redirect = z.object({ url: z.string() });

/** Tells the app that the person said no. Returns the address to go to. */
export async function refuseConsent(
  deps: Pick<GiveConsentDeps, "ask">,
  subject: Pick<ConsentSubject, "oauthQuery" | "cookie">,
): Promise<string | undefined> {
  return await answerRequest(deps.ask, subject, { accept: false });
}

/** Whether the person allowed any permission that a requested word stands for. */
function isTouched(word: string, chosen: readonly Permission[]): boolean {
  if (word === OFFLINE_ACCESS) return true;
  const access = BROAD_SCOPES.find((broad) => broad === word)?.slice("mana".length);
  return chosen.some((permission) =>
    access === undefined ? permission === word : permission.endsWith(access)
  );
}

async function answerRequest(
  ask: AskProvider,
  { oauthQuery, cookie }: Pick<ConsentSubject, "oauthQuery" | "cookie">,
  body: { readonly accept: boolean; readonly scope?: string },
): Promise<string | undefined> {
  const answer = await ask({
    method: "POST",
    path: "/oauth2/consent",
    cookie,
    body: JSON.stringify({ ...body, oauth_query: oauthQuery }),
  });
  if (!answer.ok) {
    await answer.body?.cancel();
    return undefined;
  }
  return Redirect.parse(await answer.json()).url;
}
