// How people come in whose browser is signed in at the auth service: its cookie reaches this server's host too. No password is
// typed here, and the session is never ended from here. Of the browser's cookies only the session's own is sent on.
import type { SessionEntrance, SessionOutcome } from "../entrance.ts";
import { PeopleFault } from "../people.ts";
import { readRequestCookie, SESSION_COOKIE } from "./auth_cookies.ts";
import type { AuthService } from "./auth_service.ts";
import { enterPerson, type EnterPersonDeps, isOpenRequest, type SessionThere } from "./enter_person.ts";

/** Creates the entrance. */
export function createSessionEntrance(deps: SessionEntranceDeps): SessionEntrance {
  return {
    kind: "session",
    loginUrl: deps.loginUrl,
    async recognise(headers) {
      const there = await readSessionThere(deps, headers);
      return there && { email: there.user.email };
    },
    enter: (headers, oauthQuery) => enter(deps, headers, oauthQuery),
    leave: (sessionId) => deps.endings.leave(`session:${sessionId}`),
  };
}

/** What the entrance is made of. */
export interface SessionEntranceDeps extends EnterPersonDeps {
  readonly service: Pick<AuthService, "readSession">;
  readonly loginUrl: string;
}

async function readSessionThere(
  deps: SessionEntranceDeps,
  headers: Headers,
): Promise<SessionThere | undefined> {
  const cookie = readRequestCookie(headers, SESSION_COOKIE);
  const user = cookie === undefined ? undefined : await deps.service.readSession(cookie);
  return cookie === undefined || user === undefined ? undefined : { cookie, user };
}

async function enter(
  deps: SessionEntranceDeps,
  headers: Headers,
  oauthQuery: string,
): Promise<SessionOutcome> {
  if (!await isOpenRequest(deps, oauthQuery)) return { outcome: "expired" };
  try {
    const there = await readSessionThere(deps, headers);
    return there === undefined ? { outcome: "nobody" } : await enterPerson(deps, there, oauthQuery);
  } catch (error) {
    if (!(error instanceof PeopleFault)) throw error;
    return { outcome: error.reason === "gone" ? "nobody" : "unavailable" };
  }
}
