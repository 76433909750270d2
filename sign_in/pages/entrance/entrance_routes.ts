// `/sign-in`, `/sign-up` and `/sign-out`: which pages there are for the way in that the source of people has.
import { Hono } from "@hono/hono";
import type { Peer } from "../../http/client_address.ts";
import { clientErrorPage } from "../message_page.tsx";
import { redirectAnswer } from "../page_answer.ts";
import { endSession, pathWith } from "../people_faults.ts";
import { signOutPurpose } from "../person_bar.ts";
import { readPageForm, readPerson } from "../read_person.ts";
import type { EntranceDeps } from "./entrance_deps.ts";
import { addSessionRoutes } from "./session_routes.tsx";
import { addSignInRoutes } from "./sign_in_routes.tsx";
import { addSignUpRoutes } from "./sign_up_routes.tsx";

/** The routes. */
export function createEntranceRoutes(deps: EntranceDeps): Hono<Peer> {
  const routes = new Hono<Peer>();
  const way = deps.people.entrance;
  if (way.kind === "session") addSessionRoutes(deps, routes, way);
  else addSignInRoutes(deps, routes, way);
  if (way.kind === "password" && way.signUp !== undefined) {
    addSignUpRoutes(deps, routes, way.signUp);
  } else {
    // better-auth sends a person here whose app asked for a new account.
    routes.get("/sign-up", (c) => redirectAnswer(pathWith("/sign-in", new URL(c.req.url).search.slice(1))));
  }
  routes.post("/sign-out", async (c) => {
    const person = await readPerson(deps.identity, c.req.raw.headers);
    const form = await readPageForm(c.req.raw);
    if (!person || !await deps.forms.isOurs(c.req.raw, form, signOutPurpose(person.sessionId))) {
      return await clientErrorPage("foreign_form");
    }
    return redirectAnswer("/sign-in", await endSession(deps, c.req.raw.headers));
  });
  return routes;
}
