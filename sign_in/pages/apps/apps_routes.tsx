// `/apps` and `/vault`, for the person who is signed in. Changes grants of that person only.
import { Hono } from "@hono/hono";
import type { Identity } from "../../identity/identity.ts";
import { tellChangedAccess } from "../../gateway/tell_changed_access.ts";
import { type People, PeopleFault, type Space } from "../../people/people.ts";
import { emailWord } from "../format_values.ts";
import { clientErrorPage } from "../message_page.tsx";
import { pageAnswer, redirectAnswer } from "../page_answer.ts";
import type { PageForms } from "../page_forms.ts";
import { facePeopleFaults, type PageAddress } from "../people_faults.ts";
import { countWaiting } from "../approvals/count_waiting.ts";
import { countPurpose } from "../access/count_routes.ts";
import type { PermissionWords } from "../access/permission_words.ts";
import { personBar } from "../person_bar.ts";
import { type Person, readPageForm, readPerson } from "../read_person.ts";
import { VaultPage } from "../vault_page.tsx";
import { readZone, storedZone, type ZoneField, zoneProblems } from "../zone_control.tsx";
import { AppsPage } from "./apps_page.tsx";
import { changeGrant, type RefusedChange } from "./change_grant.ts";
import { listApps, type ListAppsDeps } from "./list_apps.ts";

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
      const bar = await personBar(deps, person, ticket);
      return await pageAnswer(
        <VaultPage bar={bar} status={keyStatus(person.userId)} />,
        { cookies: [...ticket.cookies, ...person.cookies] },
      );
    }));
  return routes;
}

const APPS: PageAddress = { path: "/apps", carried: "" };
const VAULT: PageAddress = { path: "/vault", carried: "" };

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
  if (form.has("zone")) {
    const zone = readZone(form);
    if (zone.isWrong) return await showApps(deps, request, person, { zone });
    await deps.grants.setZone(person.userId, zone.zone);
    tellChangedAccess(deps.gateway, person);
    return redirectAnswer("/apps", person.cookies);
  }
  const grant = await deps.grants.findLive(form.get("grant") ?? "");
  // Somebody else's grant counts as no grant. A grant that just ended needs no change.
  const change = grant?.userId === person.userId ? await changeGrant(deps, person, grant, form) : undefined;
  if (change !== undefined) return await showApps(deps, request, person, { change });
  tellChangedAccess(deps.gateway, person);
  return redirectAnswer("/apps", person.cookies);
}

/** What a person's own pages need. */
export interface AppsRoutesDeps extends ListAppsDeps {
  readonly identity: Identity;
  readonly people: People;
  readonly forms: PageForms;
  readonly words: PermissionWords;
  /** The gateway's address in each of its spellings; its own page is beside the first. */
  readonly gatewayAddresses: readonly [string, ...string[]];
}

async function showApps(
  deps: AppsRoutesDeps,
  raw: Request,
  person: Person,
  refused: RefusedForm = {},
): Promise<Response> {
  const ticket = deps.forms.issueTicket(raw.headers);
  const countToken = deps.gateway && await ticket.token(countPurpose(person.sessionId));
  // Side by side: the page may wait for the gateway once, not twice.
  const [{ spaces, connected, ended }, waiting] = await Promise.all([
    spacesIfAnswered(deps, person).then(async (spaces) => ({
      spaces,
      ...await listApps(deps, person, spaces, { refused: refused.change, countToken }),
    })),
    countWaiting(deps, person),
  ]);
  const problems = [...refused.change?.problems ?? [], ...refused.zone ? zoneProblems(refused.zone) : []];
  return await pageAnswer(
    <AppsPage
      words={deps.words}
      form={await ticket.token(purposeOf(person))}
      bar={await personBar(deps, person, ticket)}
      email={emailWord(person.email)}
      apps={connected}
      ended={ended}
      isLeaving={await deps.people.isLeaving(person.userId)}
      isUnanswered={spaces === undefined}
      waiting={waiting ?? 0}
      zone={refused.zone ?? storedZone(connected.map(({ grant }) => grant.zoneinfo).find(Boolean))}
      connectUrl={new URL("./", deps.gatewayAddresses[0]).href}
      problems={problems}
    />,
    {
      status: problems.length > 0 ? 422 : spaces === undefined ? 503 : 200,
      cookies: [...ticket.cookies, ...person.cookies],
      hasScript: true,
      canAsk: true,
    },
  );
}

/** What the person sent and could not be taken. */
interface RefusedForm {
  readonly change?: RefusedChange | undefined;
  readonly zone?: ZoneField;
}

/** Whoever wants to disconnect an app must not have to wait for the auth service: only the names of spaces are missing. */
async function spacesIfAnswered(
  { people }: AppsRoutesDeps,
  person: Person,
): Promise<readonly Space[] | undefined> {
  try {
    return await people.spacesOf({ kind: "session", ...person });
  } catch (error) {
    if (error instanceof PeopleFault && error.reason === "unavailable") return undefined;
    throw error;
  }
}

function purposeOf({ sessionId }: Person): string {
  return `apps\n${sessionId}`;
}
