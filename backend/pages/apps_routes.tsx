import { Hono } from "@hono/hono";
import type { Identity } from "../auth/identity.ts";
import type { Memberships } from "../auth/memberships.ts";
import type { ClientStore } from "../oauth/client_store.ts";
import type { EndGrant } from "../oauth/end_grant.ts";
import type { Grant, GrantStore } from "../oauth/grant_store.ts";
import type { GrantUses } from "../oauth/grant_uses.ts";
import type { Vault } from "../vault/vault.ts";
import { AppsPage, type ConnectedApp } from "./apps_page.tsx";
import { placeWord } from "./consent_routes.tsx";
import { signOutPurpose } from "./entrance_routes.tsx";
import { clientErrorPage } from "./message_page.tsx";
import { pageAnswer, redirectAnswer } from "./page_answer.ts";
import type { PageForms } from "./page_forms.ts";
import { type Person, readPageForm, readPerson } from "./read_person.ts";
import type { PermissionWords } from "./permission_words.ts";
import { VaultPage } from "./vault_page.tsx";
import { spaceWord } from "./words.ts";

/** What a person's own pages need. */
export interface AppsRoutesDeps {
  readonly identity: Identity;
  readonly clients: ClientStore;
  readonly grants: GrantStore;
  readonly uses: GrantUses;
  readonly endGrant: EndGrant;
  readonly memberships: Memberships;
  readonly vault: Vault;
  readonly forms: PageForms;
  readonly words: PermissionWords;
}

/** `/apps` and `/vault`. */
export function createAppsRoutes(deps: AppsRoutesDeps): Hono {
  const routes = new Hono();
  routes.get("/apps", async (c) => {
    const person = await readPerson(deps.identity, c.req.raw.headers);
    return person === undefined ? redirectAnswer("/sign-in") : await showApps(deps, c.req.raw, person);
  });
  routes.post("/apps", async (c) => {
    const person = await readPerson(deps.identity, c.req.raw.headers);
    const form = await readPageForm(c.req.raw);
    if (!person || !await deps.forms.isOurs(c.req.raw, form, purposeOf(person))) {
      return await clientErrorPage("foreign_form");
    }
    const grant = deps.grants.findLive(form.get("grant") ?? "");
    // Somebody else's grant is no grant; one that just ended needs nothing done.
    if (grant?.userId === person.userId) await change(deps, grant, form);
    return redirectAnswer("/apps", person.cookies);
  });
  routes.get("/vault", async (c) => {
    const person = await readPerson(deps.identity, c.req.raw.headers);
    if (person === undefined) return redirectAnswer("/sign-in");
    const ticket = deps.forms.open(c.req.raw.headers);
    const signOutToken = await ticket.token(signOutPurpose(person.sessionId));
    return await pageAnswer(
      <VaultPage signOutToken={signOutToken} status={deps.vault.status(person.userId)} />,
      { cookies: [...ticket.cookies, ...person.cookies] },
    );
  });
  return routes;
}

/** One click: end it, let it only look, or stop one thing. Nothing here can add anything. */
async function change(deps: AppsRoutesDeps, grant: Grant, form: URLSearchParams): Promise<void> {
  const stop = form.get("stop");
  const keep = grant.permissions.filter((one) => {
    if (form.has("end")) return false;
    return form.get("only") === "read" ? one.endsWith(":read") : one !== stop;
  });
  if (keep.length === 0) await deps.endGrant(grant.id);
  else deps.grants.narrow(grant.id, keep);
}

async function showApps(deps: AppsRoutesDeps, raw: Request, person: Person): Promise<Response> {
  const names = new Map(
    deps.memberships.spacesOf(person.userId).map((space) => [space.id, spaceWord(space)]),
  );
  const apps = await Promise.all(
    deps.grants.ofPerson(person.userId).map(async (grant): Promise<ConnectedApp> => {
      const client = await deps.clients.find(grant.clientId);
      const address = client?.redirectUris[0];
      return {
        grant,
        name: client?.name ?? "An app",
        place: address === undefined ? "unknown" : placeWord(address),
        uses: deps.uses.of(grant.id),
        spaces: grant.spaces.map((id) => names.get(id) ?? "a space you have left"),
      };
    }),
  );
  const ticket = deps.forms.open(raw.headers);
  return await pageAnswer(
    <AppsPage
      words={deps.words}
      form={await ticket.token(purposeOf(person))}
      signOutToken={await ticket.token(signOutPurpose(person.sessionId))}
      email={person.email}
      apps={apps}
    />,
    { cookies: [...ticket.cookies, ...person.cookies] },
  );
}

function purposeOf({ sessionId }: Person): string {
  return `apps\n${sessionId}`;
}
