// How sessions at the auth service end: from here, when the last holder leaves, and there, which ends what was connected by
// them here. A session is gone from here only once the auth service has said that it is over.
import { AGAIN_MS, SESSION_LIFE_MS, SESSIONS_PER_ROUND } from "../../kit/limits.ts";
import type { ServiceLog } from "../../kit/service_log.ts";
import type { EndGrant } from "../people.ts";
import type { AuthService } from "./auth_service.ts";
import type { AuthSession, AuthSessions } from "./auth_sessions.ts";
import type { SealedPlace } from "./sealing.ts";

/** Ends sessions. */
export interface SessionEndings {
  /** A holder needs its session no more. The last holder's session is ended at the auth service. */
  leave(holder: string): Promise<void>;
  /** The auth service said that a session is over: its holders are gone, and their grants end. */
  isOver(session: AuthSession): Promise<void>;
  /** A holder's cookie does not open any more: the holder is gone, and its grant ends. */
  lost(holder: string): Promise<void>;
  /** Ends a session that nobody could be let in with. */
  abandon(cookie: string, userId: string): Promise<void>;
  /** Tries again where ending a session did not succeed. */
  tryAgain(): Promise<void>;
}

/** Creates the endings. */
export function createSessionEndings(deps: SessionEndingsDeps): SessionEndings {
  const { sessions, service } = deps;
  const end = async ({ holder, cookie }: Pick<AuthSession, "holder" | "cookie">): Promise<void> => {
    if (await service.signOut(cookie)) return await sessions.forget(holder);
    deps.log({ event: "auth-session-not-ended" });
    await sessions.noteTry(holder);
  };
  const endGrantOf = async (holder: string): Promise<void> => {
    const grantId = toGrantId({ holder });
    if (grantId !== undefined) await deps.endGrant(grantId, "session-over");
  };
  const endings: SessionEndings = {
    async leave(holder) {
      // The session of the person's browser is their own: they end it where they began it.
      if (!deps.endsSessions) return await sessions.forget(holder);
      const last = await sessions.leave(holder);
      if (last !== undefined) await end(last);
    },
    async isOver({ fingerprint }) {
      for (const holder of await sessions.forgetAll(fingerprint)) await endGrantOf(holder);
    },
    async lost(holder) {
      deps.log({ event: "auth-session-does-not-open" }); // a secret was taken away too early
      await sessions.forget(holder);
      await endGrantOf(holder);
    },
    async abandon(cookie, userId) {
      if (!deps.endsSessions) return;
      const holder = `session:nobody-${deps.randomUUID()}`;
      await sessions.keep({ holder, userId }, cookie);
      await endings.leave(holder);
    },
    async tryAgain() {
      const now = deps.now();
      for (const left of await sessions.listLeaving(now - AGAIN_MS, SESSIONS_PER_ROUND)) {
        const { holder, cookie } = left;
        if (cookie === undefined) {
          await endings.lost(holder);
        } else if (now - left.leavingSince > SESSION_LIFE_MS && await service.isOver(cookie)) {
          await sessions.forget(holder); // it was not used for so long that it ended by itself
        } else {
          await end({ holder, cookie });
        }
      }
    },
  };
  return endings;
}

/** The grant of a holder; `undefined`: the holder is a browser's session. */
export function toGrantId({ holder }: Pick<SealedPlace, "holder">): string | undefined {
  return holder.startsWith("grant:") ? holder.slice("grant:".length) : undefined;
}

/** What the endings are made of. */
export interface SessionEndingsDeps {
  readonly sessions: AuthSessions;
  readonly service: AuthService;
  readonly endGrant: EndGrant;
  /** Whether sessions were made by this server, by a password that was typed here, and so are ended by this server. */
  readonly endsSessions: boolean;
  readonly now: () => number;
  readonly randomUUID: () => string;
  readonly log: ServiceLog;
}
