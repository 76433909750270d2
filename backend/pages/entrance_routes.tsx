// `/sign-in`, `/sign-up` and `/sign-out`. Passwords go to better-auth, behind the lockout.
import { Hono } from "@hono/hono";
import { z } from "zod";
import { type AccountRoutesDeps, signInWithCookie } from "../auth/account_routes.ts";
import { ADMISSION_HEADER } from "../auth/identity_options.ts";
import { withCookies } from "../http/with_cookies.ts";
import { PASSWORD_MAX, PASSWORD_MIN } from "../kit/limits.ts";
import { goOn } from "../oauth/authorize/authorize.ts";
import type { Problem } from "./layout.tsx";
import { clientErrorPage } from "./message_page.tsx";
import { pageAnswer, redirectAnswer } from "./page_answer.ts";
import type { PageForms } from "./page_forms.ts";
import { readPageForm, readPerson } from "./read_person.ts";
import { type EntranceProps, SignInPage, SignUpPage } from "./sign_in_page.tsx";

/** The routes. */
export function createEntranceRoutes(deps: EntranceDeps): Hono {
  const routes = new Hono();
  for (const path of ["/sign-in", "/sign-up"] as const) {
    routes.get(path, (c) => {
      const query = new URL(c.req.url).search.slice(1);
      // Only a signed query is carried on; better-auth checks the signature when it gets the query back.
      return show(deps, path, c.req.raw, { oauthQuery: new URLSearchParams(query).has("sig") ? query : "" });
    });
    routes.post(path, async (c) => {
      const form = await readPageForm(c.req.raw.clone());
      const oauthQuery = form.get("q") ?? "";
      if (!await deps.forms.isOurs(c.req.raw, form, purposeOf(path, oauthQuery))) {
        return await clientErrorPage("foreign_form");
      }
      return path === "/sign-in"
        ? await signIn(deps, c.req.raw, form, oauthQuery)
        : await signUp(deps, c.req.raw, form, oauthQuery);
    });
  }
  routes.post("/sign-out", async (c) => {
    const person = await readPerson(deps.identity, c.req.raw.headers);
    const form = await readPageForm(c.req.raw);
    if (!person || !await deps.forms.isOurs(c.req.raw, form, signOutPurpose(person.sessionId))) {
      return await clientErrorPage("foreign_form");
    }
    const { headers } = await deps.identity.api.signOut({ headers: c.req.raw.headers, returnHeaders: true });
    return redirectAnswer("/sign-in", headers.getSetCookie());
  });
  return routes;
}

/** What the entrance needs. */
export interface EntranceDeps extends AccountRoutesDeps {
  readonly forms: PageForms;
  readonly issuer: string;
}

const ENTRANCES = { "/sign-in": SignInPage, "/sign-up": SignUpPage } as const;

type Entrance = keyof typeof ENTRANCES;

/** better-auth's answer to a person who got in: where an app's waiting request goes on. */
const Entered = z.object({ url: z.string().nullish() });

const Refused = z.object({ code: z.string().optional(), error: z.string().optional() }).catch({});

/** The purpose of the sign-out form of a session. */
export function signOutPurpose(sessionId: string): string {
  return `sign-out\n${sessionId}`;
}

function purposeOf(path: Entrance, oauthQuery: string): string {
  return `${path}\n${oauthQuery}`;
}

async function show(
  deps: EntranceDeps,
  path: Entrance,
  request: Request,
  props: Omit<EntranceProps, "form">,
): Promise<Response> {
  const ticket = deps.forms.issueTicket(request.headers);
  const Page = ENTRANCES[path];
  const form = await ticket.token(purposeOf(path, props.oauthQuery));
  const status = props.problems === undefined ? 200 : 422;
  return await pageAnswer(<Page {...props} form={form} />, { status, cookies: ticket.cookies });
}

async function signIn(deps: EntranceDeps, request: Request, form: URLSearchParams, oauthQuery: string) {
  const email = form.get("email")?.trim() ?? "";
  const body = { email, password: form.get("password") ?? "" };
  const answer = await signInWithCookie(deps, ask(deps, "/sign-in/email", body, oauthQuery));
  if (answer.ok) return await enter(deps, answer);
  const { error } = Refused.parse(await answer.json());
  if (error === "invalid_signature") return await clientErrorPage("expired");
  const text = answer.status === 429
    ? "That was wrong too often. For your safety signing in now rests for half an hour."
    : "The e-mail address or the password is not right.";
  return await show(deps, "/sign-in", request, { oauthQuery, email, problems: [{ text, field: "email" }] });
}

async function signUp(deps: EntranceDeps, request: Request, form: URLSearchParams, oauthQuery: string) {
  const email = form.get("email")?.trim() ?? "";
  const name = form.get("name")?.trim().slice(0, 100) ?? "";
  const password = form.get("password") ?? "";
  const again = (problem: Problem) =>
    show(deps, "/sign-up", request, { oauthQuery, email, name, problems: [problem] });
  if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX) {
    const text = `The password needs at least ${PASSWORD_MIN} characters, and ${PASSWORD_MAX} at most.`;
    return await again({ text, field: "password" });
  }
  const body = { email, password, name: name || (email.split("@")[0] ?? email) };
  const answer = await deps.identity.handler(ask(deps, "/sign-up/email", body, oauthQuery));
  if (answer.ok) return await enter(deps, answer);
  const { code, error } = Refused.parse(await answer.json());
  if (error === "invalid_signature") return await clientErrorPage("expired");
  const isTaken = code?.startsWith("USER_ALREADY_EXISTS") || code === "FAILED_TO_CREATE_USER";
  const text = isTaken
    ? "There is an account with this e-mail address already. Use “Sign in” below."
    : "This is not an e-mail address that we can use.";
  return await again({ text, field: "email" });
}

function ask(deps: EntranceDeps, path: string, body: Record<string, string>, oauthQuery: string): Request {
  return new Request(`${deps.issuer}/api/auth${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json", // the next address is a value in the answer, not a redirect
      [ADMISSION_HEADER]: deps.admission, // the next address is the provider's, which is guarded
      origin: new URL(deps.issuer).origin,
    },
    body: JSON.stringify({ ...body, ...(oauthQuery === "" ? {} : { oauth_query: oauthQuery }) }),
  });
}

/** Sends a person who got in on to the app's request that waits for them, or to their apps. */
async function enter(deps: EntranceDeps, answer: Response): Promise<Response> {
  const cookies = answer.headers.getSetCookie();
  const { url } = Entered.parse(await answer.json());
  if (!url) return redirectAnswer("/apps", cookies);
  return withCookies(await goOn(deps.issuer, url), cookies);
}
