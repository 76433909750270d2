// `/sign-up`, where a person makes an account, if accounts are made here. The password is stored nowhere by this file.
import type { Hono } from "@hono/hono";
import type { Peer } from "../../http/client_address.ts";
import { PASSWORD_MAX, PASSWORD_MIN } from "../../kit/limits.ts";
import type { PasswordEntrance } from "../../people/entrance.ts";
import type { Problem } from "../layout.tsx";
import { clientErrorPage } from "../message_page.tsx";
import { pageAnswer } from "../page_answer.ts";
import { readPageForm } from "../read_person.ts";
import { readWaitingRequest, signedRequestIn } from "../waiting_request.ts";
import { enter, type EntranceDeps } from "./entrance_deps.ts";
import { SignUpPage, type SignUpProps } from "./sign_in_page.tsx";

/** Adds the routes. */
export function addSignUpRoutes(
  deps: EntranceDeps,
  routes: Hono<Peer>,
  signUp: NonNullable<PasswordEntrance["signUp"]>,
): void {
  routes.get("/sign-up", async (c) => {
    const waiting = await readWaitingRequest(deps, new URL(c.req.url).search.slice(1));
    return waiting === undefined
      ? await clientErrorPage("expired")
      : await show(deps, c.req.raw, { ...waiting, email: "", name: "" });
  });
  routes.post("/sign-up", async (c) => {
    const form = await readPageForm(c.req.raw.clone());
    if (!await deps.forms.isOurs(c.req.raw, form, purposeOf(form.get("q") ?? ""))) {
      return await clientErrorPage("foreign_form");
    }
    return await signUpFrom(deps, signUp, c.req.raw, form);
  });
}

function purposeOf(carried: string): string {
  return `/sign-up\n${carried}`;
}

async function signUpFrom(
  deps: EntranceDeps,
  signUp: NonNullable<PasswordEntrance["signUp"]>,
  request: Request,
  form: URLSearchParams,
): Promise<Response> {
  const carried = form.get("q") ?? "";
  const email = form.get("email")?.trim() ?? "";
  const name = form.get("name")?.trim().slice(0, 100) ?? "";
  const password = form.get("password") ?? "";
  const again = async (problem: Problem) => {
    const waiting = await readWaitingRequest(deps, carried);
    if (waiting === undefined) return await clientErrorPage("expired");
    return await show(deps, request, { ...waiting, email, name, problems: [problem] });
  };
  if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX) {
    const text = `The password needs at least ${PASSWORD_MIN} characters, and ${PASSWORD_MAX} at most.`;
    return await again({ text, field: "password" });
  }
  const result = await signUp({
    email,
    password,
    oauthQuery: signedRequestIn(carried),
    name: name || (email.split("@")[0] ?? email),
  });
  switch (result.outcome) {
    case "entered":
      return await enter(deps, result, carried);
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

async function show(
  deps: EntranceDeps,
  request: Request,
  props: Omit<SignUpProps, "form">,
): Promise<Response> {
  const ticket = deps.forms.issueTicket(request.headers);
  const form = await ticket.token(purposeOf(props.carried));
  return await pageAnswer(<SignUpPage {...props} form={form} />, {
    status: props.problems === undefined ? 200 : 422,
    cookies: ticket.cookies,
  });
}
