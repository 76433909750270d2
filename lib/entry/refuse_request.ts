// The catch site of the HTTP side. What was thrown becomes a refusal in its outside words; an unexpected error becomes
// `internal`, and its text is shown to nobody.
import type { ChallengeHints } from "../http/bearer.ts";
import { refusalResponse } from "../http/refusal_response.ts";
import { type Refusal, Refused } from "../kit/errors.ts";
import { errorClass } from "../observe/error_class.ts";
import type { AuthorizationServer } from "../people/authorization_server.ts";
import type { RequestLog } from "./request_log.ts";

/** Answers whatever was thrown while `request` was in work, and logs it under a fixed route. */
export type RefuseRequest = (thrown: unknown, request: Request, log: RequestLog, route: string) => Response;

/** Creates the answer to what was thrown. `hintsFor` says where a client that was refused for its token can sign in. */
export function createRefuseRequest(
  { authorizationServer, hintsFor }: {
    readonly authorizationServer: AuthorizationServer;
    readonly hintsFor: (request: Request) => ChallengeHints;
  },
): RefuseRequest {
  return (thrown, request, log, route) => {
    const refusal: Refusal = thrown instanceof Refused ? thrown.refusal : { reason: "internal" };
    log.refused(refusal, route, thrown instanceof Refused ? undefined : errorClass(thrown));
    if (authorizationServer.named().length > 0) return refusalResponse(refusal, hintsFor(request));
    // Where no app can sign in, a challenge that leads to a sign-in leads nowhere.
    return refusalResponse(
      refusal.reason === "token-missing" ? { ...refusal, isSignInKnownAbsent: true } : refusal,
    );
  };
}
