// `/activity/seen`: what apps were handed, for the person who is signed in, the download of all of it, and the wish that what cannot be
// noted is withheld. What is shown is the gateway's, opened with the person's key and asked for this person alone.
import { tellChangedAccess } from "../../../gateway/tell_changed_access.ts";
import { Hono } from "@hono/hono";
import { GATEWAY_ACTIONS } from "../../../gateway/actions.ts";
import type { LedgerWishes } from "../../../oauth/grants/ledger_wishes.ts";
import { listPersonApps } from "../../../oauth/grants/person_apps.ts";
import { clientErrorPage } from "../../message_page.tsx";
import { pageAnswer, redirectAnswer } from "../../page_answer.ts";
import { facePeopleFaults, type PageAddress, toSignIn } from "../../people_faults.ts";
import { personBar } from "../../person_bar.ts";
import { type Person, readPageForm, readPerson } from "../../read_person.ts";
import { earlierAddress, readFilter, SEEN_PATH } from "../activity_query.ts";
import { type ActivityDeps, keysOf, listModules, zoneOfPerson } from "../activity_routes.tsx";
import { dayOf } from "../days.ts";
import { FaultPage } from "../fault_page.tsx";
import { showFault } from "../fault_words.ts";
import { exportLedger } from "./export_ledger.ts";
import { SeenPage } from "./seen_page.tsx";
import { STRICT_PATH } from "./strict_form.tsx";

/** The routes. */
export function createSeenRoutes(deps: SeenDeps): Hono {
  const routes = new Hono();
  routes.get(SEEN_PATH, (c) =>
    facePeopleFaults(deps, c.req.raw, SEEN, async () => {
      const person = await readPerson(deps.identity, c.req.raw.headers);
      if (person === undefined) return redirectAnswer(toSignIn(SEEN));
      return await showSeen(deps, c.req.raw, person, new URL(c.req.url).searchParams);
    }));
  routes.post(`${SEEN_PATH}/export`, (c) =>
    facePeopleFaults(deps, c.req.raw, SEEN, async () => {
      const person = await readPerson(deps.identity, c.req.raw.headers);
      const form = await readPageForm(c.req.raw);
      // A page of another site could have the browser put all of it into a folder that others can read.
      if (!person || !await deps.forms.isOurs(c.req.raw, form, exportPurpose(person))) {
        return await clientErrorPage("foreign_form");
      }
      return await download(deps, c.req.raw, person);
    }));
  routes.post(STRICT_PATH, (c) =>
    facePeopleFaults(deps, c.req.raw, SEEN, async () => {
      const person = await readPerson(deps.identity, c.req.raw.headers);
      const form = await readPageForm(c.req.raw);
      if (!person || !await deps.forms.isOurs(c.req.raw, form, strictPurpose(person))) {
        return await clientErrorPage("foreign_form");
      }
      await deps.ledgerWishes.setStrict(person.userId, form.get("strict") === "yes");
      tellChangedAccess(deps.gateway, person);
      return redirectAnswer(SEEN_PATH, person.cookies);
    }));
  return routes;
}

/** What the routes need. */
export interface SeenDeps extends ActivityDeps {
  readonly ledgerWishes: LedgerWishes;
}

/** Where a person is sent to sign in and back. */
const SEEN: PageAddress = { path: SEEN_PATH, carried: "" };

function exportPurpose({ sessionId }: Person): string {
  return `ledger\n${sessionId}`;
}

function strictPurpose({ sessionId }: Person): string {
  return `strict\n${sessionId}`;
}

async function showSeen(
  deps: SeenDeps,
  raw: Request,
  person: Person,
  query: URLSearchParams,
): Promise<Response> {
  const apps = await listPersonApps(deps, person.userId);
  const zone = zoneOfPerson(apps);
  const now = deps.now();
  const modules = listModules(deps);
  const names = modules.map(({ name }) => name);
  const filter = readFilter(query, { apps, modules: names, now, zone, path: SEEN_PATH });
  const asked = await deps.gateway.show(person, GATEWAY_ACTIONS.ledgerSeen, {
    apps: keysOf(apps),
    since: new Date(filter.since).toISOString(),
    until: new Date(filter.until).toISOString(),
    ...(filter.app === undefined ? {} : { app: filter.app === "own" ? "" : filter.app.key }),
    ...(filter.module === undefined ? {} : { module: filter.module }),
  });
  const fault = asked.ok ? undefined : showFault(asked);
  const page = asked.ok ? asked.answer : undefined;
  const ticket = deps.forms.issueTicket(raw.headers);
  return await pageAnswer(
    <SeenPage
      bar={await personBar(deps, person, ticket)}
      form={await ticket.token(exportPurpose(person))}
      strict={{
        form: await ticket.token(strictPurpose(person)),
        isStrict: await deps.ledgerWishes.isStrict(person.userId),
      }}
      apps={apps}
      modules={modules}
      filter={filter}
      page={page}
      earlier={earlierAddress(filter, page?.hasMore ? page.oldest ?? undefined : undefined)}
      words={deps.words}
      notice={fault}
      problems={filter.problems}
      zone={zone}
      now={now}
    />,
    {
      status: fault?.status ?? (filter.problems.length > 0 ? 422 : 200),
      cookies: [...ticket.cookies, ...person.cookies],
    },
  );
}

async function download(deps: ActivityDeps, raw: Request, person: Person): Promise<Response> {
  const file = await exportLedger(deps.gateway, person, dayOf(deps.now()));
  if (file instanceof Response) return file;
  const fault = showFault(file);
  const ticket = deps.forms.issueTicket(raw.headers);
  return await pageAnswer(
    <FaultPage bar={await personBar(deps, person, ticket)} fault={fault} />,
    { status: fault.status, cookies: [...ticket.cookies, ...person.cookies] },
  );
}
