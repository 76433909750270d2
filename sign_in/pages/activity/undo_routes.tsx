// `/activity/undo`: a form of the time line asks what an undo would do, and is shown it; the form of that page has it done. Both are
// POSTs with tokens of ours. Nothing is kept here between the two: the plan names what was shown, and the gateway judges it.
import { Hono } from "@hono/hono";
import { GATEWAY_ACTIONS } from "../../gateway/actions.ts";
import type { Preview } from "../../gateway/answers.ts";
import type { GatewayAnswer } from "../../gateway/ask_gateway.ts";
import { DecidedForm } from "../../gateway/decided_form.ts";
import { listPersonApps, type PersonApp } from "../../oauth/grants/person_apps.ts";
import { PeopleFault } from "../../people/people.ts";
import type { Notice } from "../layout.tsx";
import { clientErrorPage } from "../message_page.tsx";
import { pageAnswer } from "../page_answer.ts";
import { facePeopleFaults } from "../people_faults.ts";
import { personBar } from "../person_bar.ts";
import { type Person, readPageForm, readPerson } from "../read_person.ts";
import {
  ACTIVITY,
  type ActivityDeps,
  keysOf,
  previewPurpose,
  showActivity,
  zoneOfPerson,
} from "./activity_routes.tsx";
import { readInstant } from "./days.ts";
import { FaultPage } from "./fault_page.tsx";
import { applyFault, type FaultWords, showFault } from "./fault_words.ts";
import { parseChoice, readChoice, type UndoChoice, whoWord, writeChoice } from "./undo_selection.ts";
import { UndonePage, UndoPage } from "./undo_page.tsx";

/** The routes that undo. */
export function createUndoRoutes(deps: ActivityDeps): Hono {
  const routes = new Hono();
  routes.post("/activity/undo", (c) =>
    facePeopleFaults(deps, c.req.raw, ACTIVITY, async () => {
      const person = await readPerson(deps.identity, c.req.raw.headers);
      const form = await readPageForm(c.req.raw);
      if (!person || !await deps.forms.isOurs(c.req.raw, form, previewPurpose(person))) {
        return await clientErrorPage("foreign_form");
      }
      return await preview(deps, c.req.raw, person, form);
    }));
  routes.post("/activity/undo/apply", (c) =>
    facePeopleFaults(deps, c.req.raw, ACTIVITY, async () => {
      const person = await readPerson(deps.identity, c.req.raw.headers);
      const decided = person &&
        await DecidedForm.read(deps.forms, c.req.raw, (fields) => applyPurpose(person, sentOf(fields)));
      const choice = decided && parseChoice(decided.fields.get("choice") ?? "");
      if (!person || !decided || !choice) return await clientErrorPage("foreign_form");
      return await apply(deps, c.req.raw, { person, decided, choice });
    }));
  return routes;
}

/** What the form of the button decides. */
interface Sent {
  readonly choice: string;
  readonly plan: string;
  readonly at: string;
  /** `yes`: the button was pressed before, and nobody knows how much is done. */
  readonly begun: string;
}

function sentOf(fields: URLSearchParams): Sent {
  const field = (name: string) => fields.get(name) ?? "";
  return { choice: field("choice"), plan: field("plan"), at: field("at"), begun: field("begun") };
}

/** Binds the form of the button to the session, and to exactly what the page showed. */
function applyPurpose({ sessionId }: Person, { choice, plan, at, begun }: Sent): string {
  return ["undo", sessionId, plan, at, begun, choice].join("\n");
}

async function preview(
  deps: ActivityDeps,
  raw: Request,
  person: Person,
  form: URLSearchParams,
): Promise<Response> {
  const apps = await listPersonApps(deps, person.userId);
  const choice = readChoice(form, { apps, now: deps.now(), zone: zoneOfPerson(apps) });
  if (!("selection" in choice)) {
    const since = form.get("do") === "since"
      ? { who: form.get("who") ?? "", day: form.get("day") ?? "", time: form.get("time") ?? "" }
      : undefined;
    return await showActivity(deps, raw, person, new URLSearchParams(), { problem: choice, since });
  }
  const asked = await deps.gateway.show(person, GATEWAY_ACTIONS.undoPreview, {
    selection: choice.selection,
    modules: null,
    apps: keysOf(apps),
  });
  if (!asked.ok) return await showFaultPage(deps, raw, person, showFault(asked));
  const { plan, at } = asked.answer;
  return await showUndo(deps, raw, person, {
    sent: { choice: writeChoice(choice), plan, at, begun: "" },
    choice,
    apps,
    preview: asked.answer,
  });
}

/** What the person decided, by a form of ours. */
interface Decided {
  readonly person: Person;
  readonly decided: DecidedForm;
  readonly choice: UndoChoice;
}

async function apply(
  deps: ActivityDeps,
  raw: Request,
  { person, decided, choice }: Decided,
): Promise<Response> {
  const apps = await listPersonApps(deps, person.userId);
  const sent = sentOf(decided.fields);
  const { plan, at } = sent;
  const done = await orAuthDown(() =>
    deps.gateway.decide(person, GATEWAY_ACTIONS.undoApply, {
      selection: choice.selection,
      modules: null,
      apps: keysOf(apps),
      plan,
      at,
    }, decided)
  );
  const shown = { sent, choice, apps };
  if (done.ok && done.answer.status === "done") {
    const ticket = deps.forms.issueTicket(raw.headers);
    return await pageAnswer(
      <UndonePage
        bar={await personBar(deps, person, ticket)}
        preview={done.answer.preview}
        written={done.answer.written}
        isAgain={choice.isAgain}
        zone={zoneOfPerson(apps)}
      />,
      { cookies: [...ticket.cookies, ...person.cookies] },
    );
  }
  if (done.ok) {
    const fault = applyFault({ ok: false, fault: "late" });
    return await showUndo(deps, raw, person, { ...shown, sent: { ...sent, begun: "yes" }, fault });
  }
  const fault = applyFault(done);
  switch (fault.keeps) {
    case "nothing":
      return await showFaultPage(deps, raw, person, fault);
    case "preview": {
      const now = done.fault === "refused" ? done.preview : undefined;
      if (now === undefined) return await showFaultPage(deps, raw, person, fault);
      const next = { ...sent, plan: now.plan, at: now.at, begun: "" };
      return await showUndo(deps, raw, person, { ...shown, sent: next, preview: now, fault });
    }
    case "button":
      return await showUndo(deps, raw, person, { ...shown, fault });
    case "unfinished":
      return await showUndo(deps, raw, person, { ...shown, sent: { ...sent, begun: "yes" }, fault });
  }
}

/** An account service that does not answer is one fault more: the gateway was not asked, and the button has to stay. */
async function orAuthDown<Answer>(ask: () => Promise<GatewayAnswer<Answer>>): Promise<GatewayAnswer<Answer>> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof PeopleFault) || error.reason !== "unavailable") throw error;
    return { ok: false, fault: "refused", code: "auth-down" };
  }
}

/** What is shown before the button, or with the button once more. */
interface ShownUndo {
  readonly sent: Sent;
  readonly choice: UndoChoice;
  readonly apps: readonly PersonApp[];
  readonly preview?: Preview;
  readonly fault?: Notice & Pick<FaultWords, "status">;
}

async function showUndo(
  deps: ActivityDeps,
  raw: Request,
  person: Person,
  shown: ShownUndo,
): Promise<Response> {
  const { sent, choice, apps } = shown;
  const ticket = deps.forms.issueTicket(raw.headers);
  const name = whoWord(choice.selection, apps);
  const since = "since" in choice.selection ? readInstant(choice.selection.since) : undefined;
  return await pageAnswer(
    <UndoPage
      bar={await personBar(deps, person, ticket)}
      sent={{ ...sent, form: await ticket.token(applyPurpose(person, sent)) }}
      isAgain={choice.isAgain}
      who={name === undefined || since === undefined ? undefined : { name, since }}
      preview={shown.preview}
      notice={shown.fault}
      zone={zoneOfPerson(apps)}
    />,
    { status: shown.fault?.status ?? 200, cookies: [...ticket.cookies, ...person.cookies] },
  );
}

async function showFaultPage(
  deps: ActivityDeps,
  raw: Request,
  person: Person,
  fault: FaultWords,
): Promise<Response> {
  const ticket = deps.forms.issueTicket(raw.headers);
  return await pageAnswer(
    <FaultPage bar={await personBar(deps, person, ticket)} fault={fault} />,
    { status: fault.status, cookies: [...ticket.cookies, ...person.cookies] },
  );
}
