// `/apps` and `/vault`, for the person who is signed in. Changes grants of that person only.
import { Hono } from "@hono/hono";
import type { Identity } from "../identity/identity.ts";
import type { ClientStore } from "../oauth/clients/client_store.ts";
import type { EndGrant } from "../oauth/grants/end_grant.ts";
import type { Grant } from "../oauth/grants/grant.ts";
import type { GrantStore } from "../oauth/grants/grant_store.ts";
import type { GrantUses } from "../oauth/grants/grant_uses.ts";
import type { ScopeList } from "../oauth/grants/scopes.ts";
import type { People, Space } from "../people/people.ts";
import {
  type AccessFields,
  type AccessOffer,
  accessProblems,
  grantedSpaces,
  readAccess,
} from "./access_fields.ts";
import { AppsPage, type ConnectedApp } from "./apps_page.tsx";
import { personBar } from "./person_bar.ts";
import type { Problem } from "./layout.tsx";
import { facePeopleFaults, type PageAddress } from "./people_faults.ts";
import { clientErrorPage } from "./message_page.tsx";
import { offeredSpaces } from "./offered_spaces.ts";
import { pageAnswer, redirectAnswer } from "./page_answer.ts";
import type { PageForms } from "./page_forms.ts";
import { type Person, readPageForm, readPerson } from "./read_person.ts";
import type { PermissionWords } from "./permission_words.ts";
import { VaultPage } from "./vault_page.tsx";
import { emailWord, placeWord, spaceWord } from "./format_values.ts";

/** `/apps` and `/vault`. */
export function createAppsRoutes(deps: AppsRoutesDeps): Hono {
  const routes = new Hono();
  routes.get("/apps", (c) => facePeopleFaults(deps, c.req.raw, APPS, () => openApps(deps, c.req.raw)));
  routes.post("/apps", (c) => facePeopleFaults(deps, c.req.raw, APPS, () => changeApps(deps, c.req.raw)));
  const { keyStatus } = deps.people;
  if (keyStatus === undefined) return routes;
  routes.get("/vault", (c) =>
    facePeopleFaults(deps, c.req.raw, VAULT, async () => {
      const person = await readPerson(deps.identity, c.req.raw.headers);
      if (person === undefined) return redirectAnswer("/sign-in");
      const ticket = deps.forms.issueTicket(c.req.raw.headers);
      const bar = await personBar(deps.people, person, ticket);
      return await pageAnswer(
        <VaultPage bar={bar} status={keyStatus(person.userId)} />,
        { cookies: [...ticket.cookies, ...person.cookies] },
      );
    }));
  return routes;
}

const APPS: PageAddress = { path: "/apps", oauthQuery: "" };
const VAULT: PageAddress = { path: "/vault", oauthQuery: "" };

async function openApps(deps: AppsRoutesDeps, request: Request): Promise<Response> {
  const person = await readPerson(deps.identity, request.headers);
  return person === undefined ? redirectAnswer("/sign-in") : await showApps(deps, request, person);
}

async function changeApps(deps: AppsRoutesDeps, request: Request): Promise<Response> {
  const person = await readPerson(deps.identity, request.headers);
  const form = await readPageForm(request);
  if (!person || !await deps.forms.isOurs(request, form, purposeOf(person))) {
    return await clientErrorPage("foreign_form");
  }
  const grant = await deps.grants.findLive(form.get("grant") ?? "");
  // Somebody else's grant counts as no grant. A grant that just ended needs no change.
  const refused = grant?.userId === person.userId ? await change(deps, person, grant, form) : undefined;
  return refused === undefined
    ? redirectAnswer("/apps", person.cookies)
    : await showApps(deps, request, person, refused);
}

/** What a person's own pages need. */
export interface AppsRoutesDeps {
  readonly identity: Identity;
  readonly clients: ClientStore;
  readonly grants: GrantStore;
  readonly uses: GrantUses;
  readonly endGrant: EndGrant;
  readonly people: People;
  readonly forms: PageForms;
  readonly scopeList: ScopeList;
  readonly words: PermissionWords;
}

/** A choice that could not be taken, and the reasons. */
interface RefusedChange {
  readonly grantId: string;
  readonly chosen: AccessFields;
  readonly problems: readonly Problem[];
}

/**
 * Ends a connection, lets the app only look, or gives it the ticked permissions. The first two take rights away and are
 * done whatever changed meanwhile. Ticks can add rights: they are taken only where the page showed the present version
 * of the grant. Otherwise an old window would give back rights that a newer window took away.
 */
async function change(
  deps: AppsRoutesDeps,
  person: Person,
  grant: Grant,
  form: URLSearchParams,
): Promise<RefusedChange | undefined> {
  if (form.has("end")) return void await deps.endGrant(grant.id);
  if (form.get("only") === "read") {
    if (!await deps.grants.keepReading(grant.id)) await deps.endGrant(grant.id);
    return undefined;
  }
  if (!form.has("save")) return undefined;
  const spaces = await deps.people.spacesOf({ kind: "session", ...person });
  const chosen = readAccess(form, offerOf(deps, spaces, grant));
  const problems = accessProblems(chosen, `${grant.id}-`);
  if (problems.length > 0) return { grantId: grant.id, chosen, problems };
  const { permissions } = chosen;
  const isDone = await deps.grants.change(grant.id, Number(form.get("version")), {
    permissions,
    spaces: grantedSpaces(chosen),
  });
  return isDone ? undefined : {
    grantId: grant.id,
    chosen: chosenOf(grant),
    problems: [{
      text: "This was changed in another window meanwhile. It is shown as it is now.",
      field: `app-${grant.id}`,
    }],
  };
}

/** The ticks on offer for a connected app: the scopes and spaces that it asked for when it was connected. */
function offerOf(deps: AppsRoutesDeps, spaces: readonly Space[], grant: Grant): AccessOffer {
  const { permissions, requested, requestedSpaces } = grant;
  return {
    permissions: deps.scopeList.permissions.filter((permission) =>
      requested.includes(permission) || permissions.includes(permission)
    ),
    spaces: offeredSpaces(spaces, requestedSpaces),
    canHaveAllSpaces: requestedSpaces.length === 0,
  };
}

function chosenOf({ permissions, spaces }: Grant): AccessFields {
  return { permissions, where: spaces.length === 0 ? "all" : "some", spaces };
}

async function showApps(
  deps: AppsRoutesDeps,
  raw: Request,
  person: Person,
  refused?: RefusedChange,
): Promise<Response> {
  const spaces = await deps.people.spacesOf({ kind: "session", ...person });
  const names = new Map(spaces.map((space) => [space.id, spaceWord(space)]));
  const apps = await Promise.all(
    (await deps.grants.listLive(person.userId)).map(async (grant): Promise<ConnectedApp> => {
      const client = await deps.clients.find(grant.clientId);
      const address = client?.redirectUris[0];
      return {
        grant,
        name: client?.name ?? "An app",
        place: address === undefined ? "unknown" : placeWord(address),
        uses: await deps.uses.listFor(grant.id),
        spaces: grant.spaces.map((id) => names.get(id) ?? "a space you have left"),
        offer: offerOf(deps, spaces, grant),
        chosen: refused?.grantId === grant.id ? refused.chosen : chosenOf(grant),
        isOpen: refused?.grantId === grant.id,
      };
    }),
  );
  const ticket = deps.forms.issueTicket(raw.headers);
  return await pageAnswer(
    <AppsPage
      words={deps.words}
      form={await ticket.token(purposeOf(person))}
      bar={await personBar(deps.people, person, ticket)}
      email={emailWord(person.email)}
      apps={apps}
      problems={refused?.problems ?? []}
    />,
    { status: refused === undefined ? 200 : 422, cookies: [...ticket.cookies, ...person.cookies] },
  );
}

function purposeOf({ sessionId }: Person): string {
  return `apps\n${sessionId}`;
}
