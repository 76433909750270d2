// `/sign-in` and `/sign-in/code`, where a person types their password and the code of a second factor. Both go to the source of
// people and are stored nowhere here.
import type { Hono } from "@hono/hono";
import type { Peer } from "../../http/client_address.ts";
import type { CodeAttempt, CodeOutcome, PasswordEntrance, SignInOutcome } from "../../people/entrance.ts";
import { clientErrorPage } from "../message_page.tsx";
import { pageAnswer, redirectAnswer } from "../page_answer.ts";
import { pathWith } from "../people_faults.ts";
import { readPageForm } from "../read_person.ts";
import { readWaitingRequest, signedRequestIn, type WaitingRequest } from "../waiting_request.ts";
import { CodePage } from "./code_page.tsx";
import { enter, type EntranceDeps } from "./entrance_deps.ts";
import { notJudgedRefusal, type Refusal, signInRefusal } from "./refusal.ts";
import { SignInPage } from "./sign_in_page.tsx";

/** Adds the routes. */
export function addSignInRoutes(deps: EntranceDeps, routes: Hono<Peer>, way: PasswordEntrance): void {
  routes.get("/sign-in", async (c) => {
    const waiting = await readWaitingRequest(deps, new URL(c.req.url).search.slice(1));
    return waiting === undefined
      ? await clientErrorPage("expired")
      : await showSignIn(deps, way, c.req.raw, { waiting, email: "" });
  });
  routes.post("/sign-in", async (c) => {
    const form = await readPageForm(c.req.raw.clone());
    const carried = form.get("q") ?? "";
    if (!await deps.forms.isOurs(c.req.raw, form, signInPurpose(carried))) {
      return await clientErrorPage("foreign_form");
    }
    const email = form.get("email")?.trim() ?? "";
    const password = form.get("password") ?? "";
    const outcome = await way.signIn({
      email,
      password,
      oauthQuery: signedRequestIn(carried),
      address: c.env.address,
    });
    return await answer(deps, way, c.req.raw, outcome, { email, carried });
  });
  const { verifyCode } = way;
  if (verifyCode === undefined) return;
  // The page of the code belongs to a sign-in that waits; opened by itself it is good for nothing.
  routes.get("/sign-in/code", () => redirectAnswer("/sign-in"));
  routes.post("/sign-in/code", async (c) => {
    const form = await readPageForm(c.req.raw.clone());
    const carried = form.get("q") ?? "";
    const pending = form.get("pending") ?? "";
    if (pending === "") return redirectAnswer(pathWith("/sign-in", carried));
    if (!await deps.forms.isOurs(c.req.raw, form, codePurpose(pending, carried))) {
      return await clientErrorPage("foreign_form");
    }
    const attempt = {
      code: readCode(form),
      pending,
      oauthQuery: signedRequestIn(carried),
      address: c.env.address,
    };
    const outcome = await verifyCode(attempt);
    return await answer(deps, way, c.req.raw, outcome, {
      email: form.get("email") ?? "",
      carried,
      attempt,
    });
  });
}

/** Digits as people write them, in groups; a longer text than any code is cut. */
function readCode(form: URLSearchParams): string {
  return (form.get("code") ?? "").replaceAll(/\s/g, "").slice(0, CODE_LENGTH);
}

/** Longest code or backup code that is passed on. */
const CODE_LENGTH = 64;

/** What the person sent. */
interface Sent {
  readonly email: string;
  readonly carried: string;
  /** The attempt with a code, where this was one. */
  readonly attempt?: CodeAttempt;
}

/** The page after an attempt, with all that was typed but the password. */
async function answer(
  deps: EntranceDeps,
  way: PasswordEntrance,
  request: Request,
  result: SignInOutcome | CodeOutcome,
  { email, carried, attempt }: Sent,
): Promise<Response> {
  if (result.outcome === "entered") return await enter(deps, result, carried);
  const waiting = await readWaitingRequest(deps, carried);
  if (result.outcome === "expired" || waiting === undefined) return await clientErrorPage("expired");
  const code = (pending: string, refusal?: Refusal) =>
    showCode(deps, request, { waiting, email, pending, refusal });
  switch (result.outcome) {
    case "code-needed":
      return await code(result.pending);
    case "wrong-code":
      return await code(result.pending, WRONG_CODE);
    case "wrong-password":
    case "unconfirmed":
    case "over":
      return await showSignIn(deps, way, request, { waiting, email, refusal: signInRefusal(result.outcome) });
    case "held-back":
    case "busy":
    case "unavailable": {
      const refusal = notJudgedRefusal(result, attempt === undefined ? "password" : "code");
      return attempt === undefined
        ? await showSignIn(deps, way, request, { waiting, email, refusal })
        : await code(attempt.pending, refusal);
    }
  }
}

const WRONG_CODE: Refusal = {
  status: 422,
  problems: [{
    text: "This code is not right. A code is good for half a minute: type the code that is shown now.",
    field: "code",
  }],
};

/** What both pages show. */
interface Shown {
  readonly waiting: WaitingRequest;
  readonly email: string;
  readonly refusal?: Refusal | undefined;
}

async function showSignIn(
  deps: EntranceDeps,
  way: PasswordEntrance,
  request: Request,
  { waiting, email, refusal }: Shown,
): Promise<Response> {
  const ticket = deps.forms.issueTicket(request.headers);
  return await pageAnswer(
    <SignInPage
      form={await ticket.token(signInPurpose(waiting.carried))}
      {...waiting}
      canSignUp={way.signUp !== undefined}
      forgotUrl={way.forgotUrl}
      email={email}
      notice={refusal?.notice}
      problems={refusal?.problems}
    />,
    { status: refusal?.status, retryAfter: refusal?.retryAfter, cookies: ticket.cookies },
  );
}

function signInPurpose(carried: string): string {
  return `/sign-in\n${carried}`;
}

async function showCode(
  deps: EntranceDeps,
  request: Request,
  { waiting, email, pending, refusal }: Shown & { readonly pending: string },
): Promise<Response> {
  const ticket = deps.forms.issueTicket(request.headers);
  return await pageAnswer(
    <CodePage
      form={await ticket.token(codePurpose(pending, waiting.carried))}
      {...waiting}
      email={email}
      pending={pending}
      notice={refusal?.notice}
      problems={refusal?.problems}
    />,
    { status: refusal?.status, retryAfter: refusal?.retryAfter, cookies: ticket.cookies },
  );
}

/** Binds the form to the sign-in that waits: a code that was typed for one sign-in must not complete another. */
function codePurpose(pending: string, carried: string): string {
  return `/sign-in/code\n${pending}\n${carried}`;
}
