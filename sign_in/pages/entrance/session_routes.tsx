// `/sign-in` where no password is typed here: the person's own session at the auth service lets them in, by one click.
import type { Hono } from "@hono/hono";
import type { Peer } from "../../http/client_address.ts";
import type { SessionEntrance } from "../../people/entrance.ts";
import { clientErrorPage } from "../message_page.tsx";
import { pageAnswer } from "../page_answer.ts";
import { facePeopleFaults, pathWith } from "../people_faults.ts";
import { readPageForm } from "../read_person.ts";
import { readWaitingRequest, signedRequestIn, type WaitingRequest } from "../waiting_request.ts";
import { enter, type EntranceDeps } from "./entrance_deps.ts";
import { notJudgedRefusal, type Refusal } from "./refusal.ts";
import { SessionPage } from "./session_page.tsx";

/**
 * Adds the routes. Entering takes a click with the token of the form: a link elsewhere must not open a session here, which
 * would answer requests of apps in the person's name.
 */
export function addSessionRoutes(deps: EntranceDeps, routes: Hono<Peer>, way: SessionEntrance): void {
  routes.get("/sign-in", async (c) => {
    const waiting = await readWaitingRequest(deps, new URL(c.req.url).search.slice(1));
    if (waiting === undefined) return await clientErrorPage("expired");
    return await show(deps, way, c.req.raw, waiting);
  });
  routes.post("/sign-in", async (c) => {
    const form = await readPageForm(c.req.raw.clone());
    const carried = form.get("q") ?? "";
    if (!await deps.forms.isOurs(c.req.raw, form, purposeOf(carried))) {
      return await clientErrorPage("foreign_form");
    }
    return await facePeopleFaults(deps, c.req.raw, { path: "/sign-in", carried }, async () => {
      const result = await way.enter(c.req.raw.headers, signedRequestIn(carried));
      if (result.outcome === "entered") return await enter(deps, result, carried);
      const waiting = await readWaitingRequest(deps, carried);
      if (result.outcome === "expired" || waiting === undefined) return await clientErrorPage("expired");
      const refusal = result.outcome === "nobody" ? NOBODY : notJudgedRefusal(result, "session");
      return await show(deps, way, c.req.raw, waiting, refusal);
    });
  });
}

const NOBODY: Refusal = {
  status: 422,
  notice: { title: "You are not signed in any more", text: "Sign in to Mana, then come back here." },
};

/** Binds the form to what waits, in this browser. */
function purposeOf(carried: string): string {
  return `/sign-in session\n${carried}`;
}

async function show(
  deps: EntranceDeps,
  way: SessionEntrance,
  request: Request,
  waiting: WaitingRequest,
  refusal?: Refusal,
): Promise<Response> {
  const { carried } = waiting;
  return await facePeopleFaults(deps, request, { path: "/sign-in", carried }, async () => {
    // A service that was just too busy is not asked again in the same moment.
    const isKept = refusal?.retryAfter !== undefined || refusal?.status === 503;
    const email = isKept ? "" : (await way.recognise(request.headers))?.email;
    const ticket = deps.forms.issueTicket(request.headers);
    return await pageAnswer(
      <SessionPage
        form={await ticket.token(purposeOf(carried))}
        {...waiting}
        email={email}
        loginUrl={way.loginUrl}
        here={pathWith("/sign-in", carried)}
        notice={refusal?.notice}
      />,
      { status: refusal?.status, retryAfter: refusal?.retryAfter, cookies: ticket.cookies },
    );
  });
}
