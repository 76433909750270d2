// `/consent`: shows an app's request to the person who brought it, and takes the answer. Believes only signed requests.
import { Hono } from "@hono/hono";
import type { AskGateway } from "../gateway/ask_gateway.ts";
import type { Identity } from "../identity/identity.ts";
import {
  type AuthorizationRequest,
  readAuthorizationRequest,
} from "../oauth/authorize/authorization_request.ts";
import { isDocumentId } from "../oauth/clients/client_documents.ts";
import type { Client, ClientStore } from "../oauth/clients/client_store.ts";
import {
  type EarlierChoice,
  earlierNarrowing,
  findEarlierChoice,
  namedPermissions,
  offeredPermissions,
  tickedPermissions,
} from "../oauth/authorize/earlier_choice.ts";
import { giveConsent, type GiveConsentDeps, refuseConsent } from "../oauth/authorize/give_consent.ts";
import type { Grant } from "../oauth/grants/grant.ts";
import type { ScopeList } from "../oauth/grants/scopes.ts";
import type { People } from "../people/people.ts";
import {
  type AccessOffer,
  accessProblems,
  allowedPermissions,
  createOffer,
  grantedSpaces,
  readAccess,
  shownAgain,
} from "./access/access_fields.ts";
import { presetOf } from "./access/presets.ts";
import { type ConsentFields, ConsentPage } from "./consent_page.tsx";
import { personBar } from "./person_bar.ts";
import type { Problem } from "./layout.tsx";
import { facePeopleFaults } from "./people_faults.ts";
import { clientErrorPage, returnPage } from "./message_page.tsx";
import { pageAnswer } from "./page_answer.ts";
import { offeredSpaces } from "./access/offered_spaces.ts";
import type { PageForms } from "./page_forms.ts";
import { type Person, readPageForm, readPerson } from "./read_person.ts";
import type { PermissionWords } from "./access/permission_words.ts";
import { readZone, storedZone, zoneProblems } from "./zone_control.tsx";
import { DURATIONS, emailWord, placeWord } from "./format_values.ts";

/** The routes. */
export function createConsentRoutes(deps: ConsentRoutesDeps): Hono {
  const routes = new Hono();
  routes.get("/consent", async (c) => {
    const oauthQuery = new URL(c.req.url).search.slice(1);
    return await facePeopleFaults(deps, c.req.raw, { path: "/consent", carried: oauthQuery }, async () => {
      const pending = await readPending(deps, c.req.raw, oauthQuery);
      if (pending === undefined) return await clientErrorPage("expired");
      return await show(deps, c.req.raw, pending, await beforehand(deps, pending));
    });
  });
  routes.post("/consent", async (c) => {
    const form = await readPageForm(c.req.raw);
    const oauthQuery = form.get("q") ?? "";
    return await facePeopleFaults(deps, c.req.raw, { path: "/consent", carried: oauthQuery }, async () => {
      const pending = await readPending(deps, c.req.raw, oauthQuery);
      if (pending === undefined) return await clientErrorPage("expired");
      if (!await deps.forms.isOurs(c.req.raw, form, purposeOf(pending))) {
        return await clientErrorPage("foreign_form");
      }
      return await answer(deps, c.req.raw, pending, form);
    });
  });
  return routes;
}

/** What the consent page needs. */
export interface ConsentRoutesDeps extends GiveConsentDeps {
  readonly identity: Identity;
  readonly clients: ClientStore;
  readonly people: People;
  readonly forms: PageForms;
  readonly scopeList: ScopeList;
  readonly words: PermissionWords;
  /** The way to the gateway; `undefined`: this server knows no gateway, and nobody can be asked on a page. */
  readonly gateway: AskGateway | undefined;
  readonly now: () => number;
}

/** A request that this person, in this session, may answer. */
interface PendingRequest {
  readonly person: Person;
  readonly request: AuthorizationRequest;
  readonly oauthQuery: string;
  readonly client: Client;
  readonly earlier: EarlierChoice | undefined;
  readonly offer: AccessOffer;
}

/**
 * The signed request, if the session that is signed in now brought it. Otherwise somebody could start a connection in
 * their own browser and have another person's click finish it.
 */
async function readPending(
  deps: ConsentRoutesDeps,
  raw: Request,
  oauthQuery: string,
): Promise<PendingRequest | undefined> {
  const person = await readPerson(deps.identity, raw.headers);
  const request = person && await readAuthorizationRequest(deps.identity, deps.scopeList, oauthQuery);
  const client = request && await deps.clients.find(request.clientId);
  if (!person || !request || !client || request.sessionId !== person.sessionId) return undefined;
  const earlier = await findEarlierChoice(deps, person.userId, client);
  const offer = createOffer(deps, {
    permissions: offeredPermissions(request, earlier, deps.scopeList.permissions),
    spaces: offeredSpaces(
      await deps.people.spacesOf({ kind: "session", ...person }),
      request.spaces,
    ),
    canHaveAllSpaces: request.spaces.length === 0,
    canAskFirst: deps.gateway !== undefined,
    asked: namedPermissions(request, earlier),
  });
  return { person, request, oauthQuery, client, earlier, offer };
}

/**
 * The choice that is shown before the person looks: that of the last time, if there was one. The time zone is the person's,
 * so that it may come from another app's connection.
 */
async function beforehand(
  deps: ConsentRoutesDeps,
  { person, request, earlier, offer }: PendingRequest,
): Promise<ConsentFields> {
  const zones = (await deps.grants.listEver(person.userId)).map(({ zoneinfo }) => zoneinfo);
  const spaces = request.spaces.length > 0 ? request.spaces : earlier?.grant.spaces ?? [];
  const permissions = tickedPermissions(request, earlier, deps.scopeList);
  return {
    preset: presetOf(permissions, offer),
    permissions,
    where: spaces.length === 0 ? "all" : "some",
    spaces,
    profile: earlier?.grant.toolProfile,
    askFirst: earlier?.grant.askFirst ?? false,
    until: earlier === undefined ? "month" : durationOf(earlier.grant),
    keepsOthers: false,
    zone: storedZone(earlier?.grant.zoneinfo ?? zones.find((zone) => zone !== undefined)),
  };
}

/** How long the person let the app stay connected, by name. */
function durationOf({ createdAt, expiresAt }: Grant): string {
  const ms = expiresAt === undefined ? undefined : expiresAt - createdAt;
  const isSame = (other: number | undefined) =>
    other === ms || (other !== undefined && ms !== undefined && Math.abs(other - ms) < 60_000);
  return DURATIONS.find((duration) => isSame(duration.ms))?.name ?? "month";
}

async function answer(
  deps: ConsentRoutesDeps,
  raw: Request,
  pending: PendingRequest,
  form: URLSearchParams,
): Promise<Response> {
  const { person, request, oauthQuery, client } = pending;
  const cookie = raw.headers.get("cookie") ?? "";
  const back = async (title: string, location: string | undefined) =>
    location === undefined
      ? await clientErrorPage("expired")
      : await returnPage(title, location, placeWord(request.redirectUri));

  if (form.get("answer") !== "yes") {
    const location = await refuseConsent(deps, { oauthQuery, cookie });
    return await back(`“${client.name}” is not connected`, location);
  }
  const fields = readFields(form, pending);
  const { scopeList } = deps;
  const { offer } = pending;
  const shown = await beforehand(deps, pending);
  const problems = [
    ...accessProblems(fields, { offer, shown, scopeList }),
    ...untilProblems(fields),
    ...zoneProblems(fields.zone),
  ];
  if (problems.length > 0) {
    return await show(deps, raw, pending, { ...fields, ...shownAgain(fields, offer) }, problems);
  }

  const duration = DURATIONS.find(({ name }) => name === fields.until)?.ms;
  const location = await giveConsent(deps, { request, oauthQuery, client, person, cookie }, {
    offered: offer.permissions,
    permissions: allowedPermissions(fields, offer),
    spaces: grantedSpaces(fields),
    toolProfile: fields.profile,
    askFirst: fields.askFirst,
    ...earlierNarrowing(pending.earlier),
    keepsOthers: fields.keepsOthers,
    zoneinfo: fields.zone.zone,
    expiresAt: duration === undefined ? undefined : deps.now() + duration,
  });
  return await back(`“${client.name}” is connected`, location);
}

function readFields(form: URLSearchParams, { offer }: PendingRequest): ConsentFields {
  return {
    ...readAccess(form, offer),
    until: DURATIONS.find(({ name }) => name === form.get("until"))?.name ?? "",
    keepsOthers: form.get("keep") === "yes",
    zone: readZone(form),
  };
}

function untilProblems({ until }: ConsentFields): readonly Problem[] {
  return until === "" ? [{ text: "Choose until when the app may stay connected.", field: "until" }] : [];
}

async function show(
  deps: ConsentRoutesDeps,
  raw: Request,
  pending: PendingRequest,
  chosen: ConsentFields,
  problems: readonly Problem[] = [],
): Promise<Response> {
  const { person, request, client, earlier } = pending;
  const ticket = deps.forms.issueTicket(raw.headers);
  return await pageAnswer(
    <ConsentPage
      words={deps.words}
      form={await ticket.token(purposeOf(pending))}
      // A short bar: the page has to keep to two screens of a phone, and nobody is to wander off while an app waits.
      bar={{ ...await personBar(deps, person, ticket), hasGatewayPages: false }}
      oauthQuery={pending.oauthQuery}
      email={emailWord(person.email)}
      appName={client.name}
      place={placeWord(request.redirectUri)}
      vouchedBy={isDocumentId(client.id) ? new URL(client.id).hostname : undefined}
      known={earlier === undefined ? "new" : earlier.isSameClient ? "same" : "alike"}
      replacesOther={earlier?.replacesOther ?? false}
      registeredAt={client.registeredAt}
      offer={pending.offer}
      chosen={chosen}
      problems={problems}
    />,
    {
      status: problems.length === 0 ? 200 : 422,
      cookies: [...ticket.cookies, ...person.cookies],
      hasScript: true,
    },
  );
}

/** Binds the form to the session and to this request. */
function purposeOf({ person, oauthQuery }: PendingRequest): string {
  return `consent\n${person.sessionId}\n${oauthQuery}`;
}
