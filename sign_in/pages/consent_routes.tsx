// `/consent`: shows an app's request to the person who brought it, and takes the answer. Believes only signed requests.
import { Hono } from "@hono/hono";
import type { AskGateway } from "../gateway/ask_gateway.ts";
import type { Identity } from "../identity/identity.ts";
import { readAuthorizationRequest } from "../oauth/authorize/authorization_request.ts";
import { isDocumentId } from "../oauth/clients/client_documents.ts";
import type { Client, ClientStore } from "../oauth/clients/client_store.ts";
import {
  findEarlierChoice,
  namedPermissions,
  offeredPermissions,
} from "../oauth/authorize/earlier_choice.ts";
import { giveConsent, type GiveConsentDeps, refuseConsent } from "../oauth/authorize/give_consent.ts";
import type { ScopeList } from "../oauth/grants/scopes.ts";
import type { People } from "../people/people.ts";
import {
  accessProblems,
  allowedPermissions,
  createOffer,
  grantedNarrowing,
  grantedSpaces,
  narrowingProblems,
  shownAgain,
} from "./access/access_fields.ts";
import { countPurpose } from "./access/count_routes.ts";
import { learnRecords } from "./access/known_records.ts";
import { asStored, storedNarrowing } from "./access/narrowing_fields.ts";
import { choiceBeforehand, type ChoiceOffered, readChoice, untilProblems } from "./consent_choice.ts";
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
import { zoneProblems } from "./zone_control.tsx";
import { DURATIONS, emailWord, placeWord } from "./format_values.ts";

/** The routes. */
export function createConsentRoutes(deps: ConsentRoutesDeps): Hono {
  const routes = new Hono();
  routes.get("/consent", async (c) => {
    const oauthQuery = new URL(c.req.url).search.slice(1);
    return await facePeopleFaults(deps, c.req.raw, { path: "/consent", carried: oauthQuery }, async () => {
      const pending = await readPending(deps, c.req.raw, oauthQuery);
      if (pending === undefined) return await clientErrorPage("expired");
      return await show(deps, c.req.raw, pending, await choiceBeforehand(deps, pending));
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
interface PendingRequest extends ChoiceOffered {
  readonly person: Person;
  readonly oauthQuery: string;
  readonly client: Client;
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
    narrowedBefore: storedNarrowing(earlier?.grant).modules,
    isNarrowingLost: earlier?.grant.narrowing === "unreadable",
  });
  return { person, userId: person.userId, request, oauthQuery, client, earlier, offer };
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

  if (form.get("answer") !== "yes" && !form.has("count")) {
    const location = await refuseConsent(deps, { oauthQuery, cookie });
    return await back(`“${client.name}” is not connected`, location);
  }
  const { offer } = pending;
  const fields = readChoice(form, offer);
  const counted = form.get("count");
  if (counted !== null) {
    return await show(deps, raw, pending, fields, { problems: narrowingProblems(fields), counted });
  }
  const { scopeList } = deps;
  const shown = await choiceBeforehand(deps, pending);
  const problems = [
    ...accessProblems(fields, { offer, shown, scopeList }),
    ...untilProblems(fields),
    ...zoneProblems(fields.zone),
  ];
  if (problems.length > 0) {
    return await show(deps, raw, pending, { ...fields, ...shownAgain(fields, offer) }, { problems });
  }

  const duration = DURATIONS.find(({ name }) => name === fields.until)?.ms;
  const location = await giveConsent(deps, { request, oauthQuery, client, person, cookie }, {
    offered: offer.permissions,
    permissions: allowedPermissions(fields, offer),
    spaces: grantedSpaces(fields),
    toolProfile: fields.profile,
    askFirst: fields.askFirst,
    // What cannot be read closes until the person narrows the app anew.
    narrowing: asStored(grantedNarrowing(fields, offer)) ??
      (offer.isNarrowingLost ? "unreadable" : undefined),
    readBudget: fields.narrowing.readBudget,
    keepsOthers: fields.keepsOthers,
    zoneinfo: fields.zone.zone,
    expiresAt: duration === undefined ? undefined : deps.now() + duration,
  });
  return await back(`“${client.name}” is connected`, location);
}

async function show(
  deps: ConsentRoutesDeps,
  raw: Request,
  pending: PendingRequest,
  chosen: ConsentFields,
  { problems = [], counted }: { readonly problems?: readonly Problem[]; readonly counted?: string } = {},
): Promise<Response> {
  const { person, request, client, earlier, offer } = pending;
  const ticket = deps.forms.issueTicket(raw.headers);
  const records = await learnRecords(deps, person, { offer, chosen, counted, zone: chosen.zone.zone });
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
      offer={offer}
      chosen={chosen}
      records={records}
      count={deps.gateway && { token: await ticket.token(countPurpose(person.sessionId)) }}
      problems={problems}
    />,
    {
      status: problems.length === 0 ? 200 : 422,
      cookies: [...ticket.cookies, ...person.cookies],
      hasScript: true,
      canAsk: true,
    },
  );
}

/** Binds the form to the session and to this request. */
function purposeOf({ person, oauthQuery }: PendingRequest): string {
  return `consent\n${person.sessionId}\n${oauthQuery}`;
}
