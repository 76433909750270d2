import { spaceType } from "../auth/space_rules.ts";
import { Hono } from "@hono/hono";
import type { Identity } from "../auth/identity.ts";
import type { Memberships } from "../auth/memberships.ts";
import { type AuthorizationRequest, readAuthorizationRequest } from "../oauth/authorization_request.ts";
import { isDocumentId } from "../oauth/client_documents.ts";
import type { Client, ClientStore } from "../oauth/client_store.ts";
import { giveConsent, type GiveConsentDeps, refuseConsent } from "../oauth/give_consent.ts";
import { redirectKind, redirectPlace } from "../oauth/redirect_uri.ts";
import type { ScopeList } from "../oauth/scopes.ts";
import type { Vault } from "../vault/vault.ts";
import { type ConsentFields, ConsentPage } from "./consent_page.tsx";
import { signOutPurpose } from "./entrance_routes.tsx";
import type { Problem } from "./layout.tsx";
import { clientErrorPage, returnPage } from "./message_page.tsx";
import { pageAnswer } from "./page_answer.ts";
import type { PageForms } from "./page_forms.ts";
import { type Person, readPageForm, readPerson } from "./read_person.ts";
import type { PermissionWords } from "./permission_words.ts";
import { DURATIONS, spaceWord } from "./words.ts";

/** What the consent page needs. */
export interface ConsentRoutesDeps extends GiveConsentDeps {
  readonly identity: Identity;
  readonly clients: ClientStore;
  readonly memberships: Memberships;
  readonly vault: Vault;
  readonly forms: PageForms;
  readonly scopeList: ScopeList;
  readonly words: PermissionWords;
  readonly now: () => number;
}

/** A request that this person, in this session, may answer. */
interface Asked {
  readonly person: Person;
  readonly request: AuthorizationRequest;
  readonly oauthQuery: string;
  readonly client: Client;
  readonly spaces: readonly { readonly id: string; readonly name: string }[];
}

/** `/consent`. */
export function createConsentRoutes(deps: ConsentRoutesDeps): Hono {
  const routes = new Hono();
  routes.get("/consent", async (c) => {
    const asked = await readAsked(deps, c.req.raw, new URL(c.req.url).search.slice(1));
    if (asked === undefined) return await clientErrorPage("expired");
    const { permissions, spaces } = asked.request;
    return await show(deps, c.req.raw, asked, {
      // Deleting is off until somebody wants it: what is gone is gone.
      permissions: permissions.filter((one) => !one.endsWith(":destructive")),
      where: spaces.length === 0 ? "all" : "some",
      spaces,
      until: "month",
    });
  });
  routes.post("/consent", async (c) => {
    const form = await readPageForm(c.req.raw);
    const asked = await readAsked(deps, c.req.raw, form.get("q") ?? "");
    if (asked === undefined) return await clientErrorPage("expired");
    if (!await deps.forms.isOurs(c.req.raw, form, purposeOf(asked))) {
      return await clientErrorPage("foreign_form");
    }
    return await answer(deps, c.req.raw, asked, form);
  });
  return routes;
}

/**
 * The signed request, if the session that is signed in now is the one that brought it. Otherwise somebody could start
 * a connection in their own browser and have another person's click finish it.
 */
async function readAsked(
  deps: ConsentRoutesDeps,
  raw: Request,
  oauthQuery: string,
): Promise<Asked | undefined> {
  const person = await readPerson(deps.identity, raw.headers);
  const request = person && await readAuthorizationRequest(deps.identity, deps.scopeList, oauthQuery);
  const client = request && await deps.clients.find(request.clientId);
  if (!person || !request || !client || request.sessionId !== person.sessionId) return undefined;
  const mine = deps.memberships.spacesOf(person.userId);
  const spaces = mine.filter(({ id }) => request.spaces.length === 0 || request.spaces.includes(id))
    // Named after the person, it would look like the person.
    .map((space) => ({
      id: space.id,
      name: spaceType(space.metadata) === "personal" ? `${spaceWord(space)} (personal)` : spaceWord(space),
    }));
  return { person, request, oauthQuery, client, spaces };
}

async function answer(
  deps: ConsentRoutesDeps,
  raw: Request,
  asked: Asked,
  form: URLSearchParams,
): Promise<Response> {
  const { person, request, oauthQuery, client } = asked;
  const cookie = raw.headers.get("cookie") ?? "";
  const back = async (title: string, location: string | undefined) =>
    location === undefined
      ? await clientErrorPage("expired")
      : await returnPage(title, location, placeWord(request.redirectUri));

  if (form.get("answer") !== "yes") {
    const location = await refuseConsent(deps, { oauthQuery, cookie });
    return await back(`“${client.name}” is not connected`, location);
  }
  const fields = readFields(form, asked);
  const problems = problemsOf(fields);
  if (problems.length > 0) return await show(deps, raw, asked, fields, problems);

  // The app's first call needs the person's key; somebody who signed up a minute ago has none yet.
  if (!deps.vault.status(person.userId).vaultExists) await deps.vault.init(person.userId);
  const duration = DURATIONS.find(({ name }) => name === fields.until)?.ms;
  const location = await giveConsent(deps, { request, oauthQuery, userId: person.userId, cookie }, {
    permissions: request.permissions.filter((one) => fields.permissions.includes(one)),
    spaces: fields.where === "all" ? [] : fields.spaces,
    expiresAt: duration === undefined ? undefined : deps.now() + duration,
  });
  return await back(`“${client.name}” is connected`, location);
}

/** The ticks, and nothing in them that was not offered. */
function readFields(form: URLSearchParams, { request, spaces }: Asked): ConsentFields {
  const all = request.spaces.length === 0 && form.get("where") === "all";
  const allowed = new Set(form.getAll("allow"));
  const ticked = new Set(form.getAll("space"));
  return {
    permissions: request.permissions.filter((one) => allowed.has(one)),
    where: all ? "all" : "some",
    spaces: spaces.map(({ id }) => id).filter((id) => ticked.has(id)),
    until: DURATIONS.find(({ name }) => name === form.get("until"))?.name ?? "",
  };
}

function problemsOf({ permissions, where, spaces, until }: ConsentFields): readonly Problem[] {
  const problems = [
    permissions.length > 0 || { text: "Tick at least one thing that the app may do.", field: "permissions" },
    where === "all" || spaces.length > 0 || { text: "Tick at least one space.", field: "where" },
    until !== "" || { text: "Choose until when the app may stay connected.", field: "until" },
  ];
  return problems.filter((one) => one !== true);
}

async function show(
  deps: ConsentRoutesDeps,
  raw: Request,
  asked: Asked,
  chosen: ConsentFields,
  problems: readonly Problem[] = [],
): Promise<Response> {
  const { person, request, client } = asked;
  const ticket = deps.forms.open(raw.headers);
  return await pageAnswer(
    <ConsentPage
      words={deps.words}
      form={await ticket.token(purposeOf(asked))}
      signOutToken={await ticket.token(signOutPurpose(person.sessionId))}
      oauthQuery={asked.oauthQuery}
      email={person.email}
      appName={client.name}
      place={placeWord(request.redirectUri)}
      vouchedBy={isDocumentId(client.id) ? new URL(client.id).hostname : undefined}
      isKnown={deps.grants.isKnown(person.userId, client.id)}
      registeredAt={client.registeredAt}
      permissions={request.permissions}
      spaces={asked.spaces}
      canHaveAllSpaces={request.spaces.length === 0}
      chosen={chosen}
      problems={problems}
    />,
    { status: problems.length === 0 ? 200 : 422, cookies: [...ticket.cookies, ...person.cookies] },
  );
}

/** Bound to the session and to this very request. */
function purposeOf({ person, oauthQuery }: Asked): string {
  return `consent\n${person.sessionId}\n${oauthQuery}`;
}

/** Where an app is, in words. */
export function placeWord(redirectUri: string): string {
  const place = redirectPlace(redirectUri);
  const kind = redirectKind(redirectUri);
  if (kind === "loopback") return `a program on this computer (${place})`;
  return kind === "app" ? `the app on this device that opens ${place} links` : place;
}
