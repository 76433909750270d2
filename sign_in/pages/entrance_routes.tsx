// `/sign-in`, `/sign-up` and `/sign-out`. Passwords go to the source of people and are stored nowhere here.
import { Hono } from "@hono/hono";
import type { Identity } from "../identity/identity.ts";
import { withCookies } from "../http/with_cookies.ts";
import type { Peer } from "../http/client_address.ts";
import { PASSWORD_MAX, PASSWORD_MIN } from "../kit/limits.ts";
import { goOn } from "../oauth/authorize/authorize.ts";
import type { Entered, PasswordEntrance } from "../people/entrance.ts";
import type { People } from "../people/people.ts";
import type { Problem } from "./layout.tsx";
import { clientErrorPage } from "./message_page.tsx";
import { pageAnswer, redirectAnswer } from "./page_answer.ts";
import type { PageForms } from "./page_forms.ts";
import { signOutPurpose } from "./person_bar.ts";
import { readPageForm, readPerson } from "./read_person.ts";
import { type EntranceProps, SignInPage, SignUpPage } from "./sign_in_page.tsx";

/** The routes. */
export function createEntranceRoutes(deps: EntranceDeps): Hono<Peer> {
  const routes = new Hono<Peer>();
  const way = deps.people.entrance;
  if (way.kind === "password") {
    const { signUp } = way;
    entrance(
      deps,
      routes,
      "/sign-in",
      (request, form, address) => signInFrom(deps, way, request, form, address),
    );
    if (signUp !== undefined) {
      entrance(deps, routes, "/sign-up", (request, form) => signUpFrom(deps, signUp, request, form));
    }
  }
  routes.post("/sign-out", async (c) => {
    const person = await readPerson(deps.identity, c.req.raw.headers);
    const form = await readPageForm(c.req.raw);
    if (!person || !await deps.forms.isOurs(c.req.raw, form, signOutPurpose(person.sessionId))) {
      return await clientErrorPage("foreign_form");
    }
    const { headers } = await deps.identity.api.signOut({ headers: c.req.raw.headers, returnHeaders: true });
    await deps.people.entrance.leave(person.sessionId);
    return redirectAnswer("/sign-in", headers.getSetCookie());
  });
  return routes;
}

/** What the entrance needs. */
export interface EntranceDeps {
  readonly identity: Identity;
  readonly people: People;
  readonly forms: PageForms;
  readonly issuer: string;
}

/** The page of one entrance, and its form. */
function entrance(
  deps: EntranceDeps,
  routes: Hono<Peer>,
  path: EntrancePath,
  take: (request: Request, form: URLSearchParams, address: string) => Promise<Response>,
): void {
  routes.get(path, (c) => {
    const query = new URL(c.req.url).search.slice(1);
    // Only a signed query is carried on; better-auth checks the signature when it gets the query back.
    return show(deps, path, c.req.raw, { oauthQuery: new URLSearchParams(query).has("sig") ? query : "" });
  });
  routes.post(path, async (c) => {
    const form = await readPageForm(c.req.raw.clone());
    if (!await deps.forms.isOurs(c.req.raw, form, purposeOf(path, form.get("q") ?? ""))) {
      return await clientErrorPage("foreign_form");
    }
    return await take(c.req.raw, form, c.env.address);
  });
}

const PAGES = { "/sign-in": SignInPage, "/sign-up": SignUpPage } as const;

type EntrancePath = keyof typeof PAGES;

function purposeOf(path: EntrancePath, oauthQuery: string): string {
  return `${path}\n${oauthQuery}`;
}

async function show(
  deps: EntranceDeps,
  path: EntrancePath,
  request: Request,
  props: Omit<EntranceProps, "form" | "canSignUp">,
): Promise<Response> {
  const ticket = deps.forms.issueTicket(request.headers);
  const Page = PAGES[path];
  const form = await ticket.token(purposeOf(path, props.oauthQuery));
  const status = props.problems === undefined ? 200 : 422;
  const way = deps.people.entrance;
  const canSignUp = way.kind === "password" && way.signUp !== undefined;
  return await pageAnswer(<Page {...props} form={form} canSignUp={canSignUp} />, {
    status,
    cookies: ticket.cookies,
  });
}

async function signInFrom(
  deps: EntranceDeps,
  way: PasswordEntrance,
  request: Request,
  form: URLSearchParams,
  address: string,
): Promise<Response> {
  const email = form.get("email")?.trim() ?? "";
  const oauthQuery = form.get("q") ?? "";
  const password = form.get("password") ?? "";
  const result = await way.signIn({ email, password, oauthQuery, address });
  const again = (text: string) =>
    show(deps, "/sign-in", request, { oauthQuery, email, problems: [{ text, field: "email" }] });
  switch (result.outcome) {
    case "entered":
      return await enter(deps, result);
    case "expired":
      return await clientErrorPage("expired");
    case "held-back":
      return await again("That was wrong too often. For your safety signing in now rests for half an hour.");
    case "wrong-password":
      return await again("The e-mail address or the password is not right.");
    case "busy":
    case "unavailable":
    case "unconfirmed":
    case "code-needed":
      return await clientErrorPage("failed");
  }
}

async function signUpFrom(
  deps: EntranceDeps,
  signUp: NonNullable<PasswordEntrance["signUp"]>,
  request: Request,
  form: URLSearchParams,
): Promise<Response> {
  const oauthQuery = form.get("q") ?? "";
  const email = form.get("email")?.trim() ?? "";
  const name = form.get("name")?.trim().slice(0, 100) ?? "";
  const password = form.get("password") ?? "";
  const again = (problem: Problem) =>
    show(deps, "/sign-up", request, { oauthQuery, email, name, problems: [problem] });
  if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX) {
    const text = `The password needs at least ${PASSWORD_MIN} characters, and ${PASSWORD_MAX} at most.`;
    return await again({ text, field: "password" });
  }
  const result = await signUp({ email, password, oauthQuery, name: name || (email.split("@")[0] ?? email) });
  switch (result.outcome) {
    case "entered":
      return await enter(deps, result);
    case "expired":
      return await clientErrorPage("expired");
    case "address-taken":
      return await again({
        text: "There is an account with this e-mail address already. Use “Sign in” below.",
        field: "email",
      });
    case "address-refused":
      return await again({ text: "This is not an e-mail address that we can use.", field: "email" });
  }
}

/** Sends a person who got in on to the app's request that waits for them, or to their apps. */
async function enter(deps: EntranceDeps, { cookies, url }: Entered): Promise<Response> {
  if (url === undefined) return redirectAnswer("/apps", cookies);
  return withCookies(await goOn(deps.issuer, url), cookies);
}
