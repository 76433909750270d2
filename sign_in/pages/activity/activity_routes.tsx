// `/activity` and `/activity/<call>`: what apps did with the person's data, for the person who is signed in. Changes nothing; the forms
// lead to undo_routes.tsx. What is shown is the gateway's, asked for this person alone.
import { Hono } from "@hono/hono";
import { GATEWAY_ACTIONS } from "../../gateway/actions.ts";
import type { AskGateway } from "../../gateway/ask_gateway.ts";
import type { Identity } from "../../identity/identity.ts";
import type { GrantUses } from "../../oauth/grants/grant_uses.ts";
import { listPersonApps, type PersonApp, type PersonAppsDeps } from "../../oauth/grants/person_apps.ts";
import type { ScopeList } from "../../oauth/grants/scopes.ts";
import { moduleOf } from "../../oauth/grants/scopes.ts";
import type { People } from "../../people/people.ts";
import type { PermissionWords } from "../access/permission_words.ts";
import { clientErrorPage } from "../message_page.tsx";
import { pageAnswer, redirectAnswer } from "../page_answer.ts";
import type { PageForms } from "../page_forms.ts";
import { facePeopleFaults, type PageAddress, toSignIn } from "../people_faults.ts";
import { personBar } from "../person_bar.ts";
import { type Person, readPerson } from "../read_person.ts";
import type { Problem } from "../layout.tsx";
import { ActivityPage } from "./activity_page.tsx";
import { ACTIVITY_PATH, type ActivityFilter, earlierAddress, readFilter } from "./activity_query.ts";
import { CallPage } from "./call_page.tsx";
import { dayOf, readInstant, zoneOf } from "./days.ts";
import { showFault } from "./fault_words.ts";
import { FaultPage } from "./fault_page.tsx";
import type { ModuleChoice } from "./filter_form.tsx";
import { type AppReads, readLines } from "./reads.tsx";
import type { SinceFields } from "./since_form.tsx";
import { CALL_ID } from "./undo_selection.ts";

/** The routes that show. */
export function createActivityRoutes(deps: ActivityDeps): Hono {
  const routes = new Hono();
  routes.get("/activity", (c) =>
    facePeopleFaults(deps, c.req.raw, ACTIVITY, async () => {
      const person = await readPerson(deps.identity, c.req.raw.headers);
      if (person === undefined) return redirectAnswer(toSignIn(ACTIVITY));
      return await showActivity(deps, c.req.raw, person, new URL(c.req.url).searchParams);
    }));
  routes.get("/activity/:call", async (c) => {
    const call = c.req.param("call");
    if (!CALL_ID.test(call)) return await clientErrorPage("not_found");
    return await facePeopleFaults(deps, c.req.raw, ACTIVITY, async () => {
      const person = await readPerson(deps.identity, c.req.raw.headers);
      if (person === undefined) return redirectAnswer(toSignIn(ACTIVITY));
      return await showCall(deps, c.req.raw, person, { call, at: c.req.query("at") ?? "" });
    });
  });
  return routes;
}

/** What the pages of what apps did need. */
export interface ActivityDeps extends PersonAppsDeps {
  readonly identity: Identity;
  readonly people: People;
  readonly gateway: AskGateway;
  readonly uses: GrantUses;
  readonly forms: PageForms;
  readonly scopeList: ScopeList;
  readonly words: PermissionWords;
}

/** The time line, where a person is sent to sign in and back. */
export const ACTIVITY: PageAddress = { path: "/activity", carried: "" };

/** What binds the forms that ask for a preview. */
export function previewPurpose({ sessionId }: Person): string {
  return `activity\n${sessionId}`;
}

/** The keys of apps, for the gateway. */
export function keysOf(apps: readonly PersonApp[]): readonly string[] {
  return apps.slice(0, MAX_APPS).map(({ key }) => key);
}

/** Apps that the gateway is asked about; the newest come first. */
const MAX_APPS = 200;

/** The zone in which the pages of a person count. */
export function zoneOfPerson(apps: readonly PersonApp[]): string | undefined {
  return zoneOf(apps.flatMap(({ grants }) => grants));
}

/** The modules that can be chosen, by their labels. */
export function listModules({ scopeList, words }: ActivityDeps): readonly ModuleChoice[] {
  return [...new Set(scopeList.permissions.map(moduleOf))]
    .map((name) => ({ name, label: words.module(name) }))
    .sort((one, other) => one.label.localeCompare(other.label, "en"));
}

/** The time line; `refused`: a form that was not taken. */
export async function showActivity(
  deps: ActivityDeps,
  raw: Request,
  person: Person,
  query: URLSearchParams,
  refused?: RefusedChoice,
): Promise<Response> {
  const apps = await listPersonApps(deps, person.userId);
  const zone = zoneOfPerson(apps);
  const now = deps.now();
  const modules = listModules(deps);
  const names = modules.map(({ name }) => name);
  const filter = readFilter(query, { apps, modules: names, now, zone, path: ACTIVITY_PATH });
  const asked = await deps.gateway.show(person, GATEWAY_ACTIONS.activity, {
    apps: keysOf(apps),
    modules: filter.module === undefined ? null : [filter.module],
    since: new Date(filter.since).toISOString(),
    until: new Date(filter.until).toISOString(),
    ...(filter.app === undefined ? {} : { app: filter.app === "own" ? "" : filter.app.key }),
  });
  const fault = asked.ok ? undefined : showFault(asked);
  const ticket = deps.forms.issueTicket(raw.headers);
  const problems = [...filter.problems, ...refused === undefined ? [] : [refused.problem]];
  return await pageAnswer(
    <ActivityPage
      bar={await personBar(deps, person, ticket)}
      form={await ticket.token(previewPurpose(person))}
      apps={apps}
      modules={modules}
      filter={filter}
      calls={asked.ok ? asked.answer.calls : undefined}
      earlier={earlierAddress(
        filter,
        asked.ok && asked.answer.hasMore ? asked.answer.oldest ?? undefined : undefined,
      )}
      missing={asked.ok ? asked.answer.missing.map(deps.words.module) : []}
      reads={await readsOf(deps, apps, filter)}
      since={refused?.since ?? { who: "", day: dayOf(now, zone), time: "00:00" }}
      notice={fault}
      problems={problems}
      zone={zone}
      now={now}
    />,
    {
      status: fault?.status ?? (problems.length > 0 ? 422 : 200),
      cookies: [...ticket.cookies, ...person.cookies],
    },
  );
}

/** A form of the time line that could not be taken. */
export interface RefusedChoice {
  readonly problem: Problem;
  /** What the person had filled in; `undefined`: nothing of this kind. */
  readonly since: SinceFields | undefined;
}

/** What the apps of the filter looked at. */
async function readsOf(
  { uses, words }: ActivityDeps,
  apps: readonly PersonApp[],
  { app, module }: ActivityFilter,
): Promise<readonly AppReads[]> {
  const shown = app === undefined ? apps : app === "own" ? [] : [app];
  return await Promise.all(shown.map(async ({ key, name, grants }) => ({
    key,
    name,
    lines: readLines(await uses.listForAll(grants.map(({ id }) => id)), words, module),
  })));
}

async function showCall(
  deps: ActivityDeps,
  raw: Request,
  person: Person,
  { call, at }: { readonly call: string; readonly at: string },
): Promise<Response> {
  const apps = await listPersonApps(deps, person.userId);
  const since = readInstant(at);
  const asked = await deps.gateway.show(person, GATEWAY_ACTIONS.activityCall, {
    call,
    modules: null,
    apps: keysOf(apps),
    since: new Date(since === undefined ? 0 : since - CALL_MS).toISOString(),
  });
  const ticket = deps.forms.issueTicket(raw.headers);
  const bar = await personBar(deps, person, ticket);
  const cookies = [...ticket.cookies, ...person.cookies];
  if (!asked.ok) {
    const fault = showFault(asked);
    return await pageAnswer(<FaultPage bar={bar} fault={fault} />, { status: fault.status, cookies });
  }
  return await pageAnswer(
    <CallPage
      {...asked.answer}
      missing={asked.answer.missing.map(deps.words.module)}
      bar={bar}
      form={await ticket.token(previewPurpose(person))}
      apps={apps}
      zone={zoneOfPerson(apps)}
    />,
    { cookies },
  );
}

/** How long a call can have been writing before the time that is told of it. */
const CALL_MS = 3600_000;
