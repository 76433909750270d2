// What a request is answered that met a fault of the database: "later", whatever the fault made of the request meanwhile (a login
// that could not be looked up would be a wrong password).
import type { MiddlewareHandler } from "@hono/hono";
import type { SignInDatabase } from "../database/sign_in_database.ts";
import { oauthError } from "../oauth/oauth_answer.ts";
import { clientErrorPage } from "./message_page.tsx";
import { isBrowser } from "../http/is_browser.ts";
import { serviceError } from "../http/service_error.ts";

/** Replaces refusals and failures of such requests by 503. What was done in spite of the fault is answered as it is. */
export function answerFaults({ watch }: Pick<SignInDatabase, "watch">): MiddlewareHandler {
  return async (c, next) => {
    const hasFailed = await watch(next);
    if (!hasFailed || c.res.status < 400) return;
    const answer = await unavailable(c.req.raw);
    await c.res.body?.cancel();
    c.res = undefined; // or the headers of the old answer would be taken along
    c.res = answer;
  };
}

async function unavailable(request: Request): Promise<Response> {
  const answer = isBrowser(request)
    ? await clientErrorPage("unavailable")
    : new URL(request.url).pathname.includes("/oauth2/")
    ? oauthError("temporarily_unavailable", SENTENCE, 503)
    : serviceError(503, SENTENCE);
  answer.headers.set("retry-after", RETRY_SECONDS);
  return answer;
}

const SENTENCE = "The database does not answer. Try again later.";
const RETRY_SECONDS = "5";
