// The rounds through the kept sessions: those that are used rarely are used, so that the auth service does not forget them;
// those that nobody needs any more are ended. The auth service's sessions live for 7 days and are prolonged when they are
// used (auth-vault, section 2).
import { SESSION_IDLE_MS, SESSIONS_PER_ROUND } from "../../kit/limits.ts";
import type { ServiceLog } from "../../kit/service_log.ts";
import type { Identity } from "../../identity/identity.ts";
import type { SignInDatabase } from "../../database/sign_in_database.ts";
import { PeopleFault } from "../people.ts";
import type { AuthService } from "./auth_service.ts";
import type { AuthSessions } from "./auth_sessions.ts";
import type { SealedPlace } from "./sealing.ts";
import { type SessionEndings, toGrantId } from "./session_endings.ts";

/** The rounds. */
export interface SessionRounds {
  /** Makes a round, or waits for the one that is on its way. Never throws. */
  go(): Promise<void>;
  /** Waits for the round that is on its way. */
  settled(): Promise<void>;
}

/** Creates the rounds; the first comes when it is asked for. */
export function createSessionRounds(deps: SessionRoundsDeps): SessionRounds {
  let running = Promise.resolve();
  let isRunning = false;
  const round = async (): Promise<void> => {
    try {
      await deps.endings.tryAgain();
      const before = deps.now() - SESSION_IDLE_MS;
      for (const place of await deps.sessions.listIdle(before, SESSIONS_PER_ROUND)) {
        // The auth service does not answer: the next round goes on, with another session.
        if (!await useSession(deps, place, before)) return;
      }
    } catch (error) {
      // The class only: the text may quote what lies in the database.
      deps.log({ event: "auth-sessions-round", name: error instanceof Error ? error.name : "unknown" });
    }
  };
  return {
    go() {
      if (!isRunning) {
        isRunning = true;
        running = round().finally(() => isRunning = false);
      }
      return running;
    },
    settled: () => running,
  };
}

/** What the rounds are made of. */
export interface SessionRoundsDeps {
  readonly signIn: SignInDatabase;
  readonly identity: Identity;
  readonly sessions: AuthSessions;
  readonly service: Pick<AuthService, "readToken">;
  readonly endings: SessionEndings;
  readonly now: () => number;
  readonly log: ServiceLog;
}

/** Uses the session of a holder, or ends it where the holder has ended. Returns whether the auth service answers. */
async function useSession(deps: SessionRoundsDeps, place: SealedPlace, before: number): Promise<boolean> {
  const { sessions, endings } = deps;
  const isNeeded = toGrantId(place) === undefined ? isBrowserSignedIn : isGrantLive;
  if (!await isNeeded(deps, place)) {
    await endings.leave(place.holder);
    return true;
  }
  const session = await sessions.find(place);
  if (session === undefined) {
    await endings.lost(place.holder);
    return true;
  }
  if (session.usedAt >= before) return true; // another holder of the same session was met before
  try {
    await deps.service.readToken(session.cookie);
  } catch (error) {
    if (!(error instanceof PeopleFault)) throw error;
    if (error.reason === "unavailable") {
      await sessions.putOff(session); // one session that cannot be used must not keep all others from their turn
      return false;
    }
    await endings.isOver(session);
    return true;
  }
  await sessions.noteUse(session);
  return true;
}

async function isGrantLive({ signIn, now }: SessionRoundsDeps, place: SealedPlace): Promise<boolean> {
  const row = await signIn.read.selectFrom("grants").select("expires_at").where(
    "id",
    "=",
    toGrantId(place) ?? "",
  )
    .where("activated_at", "is not", null).where("revoked_at", "is", null).executeTakeFirst();
  return row !== undefined && (row.expires_at ?? Infinity) > now();
}

async function isBrowserSignedIn({ identity, now }: SessionRoundsDeps, place: SealedPlace): Promise<boolean> {
  const { adapter } = await identity.$context;
  const where = [{ field: "id", value: place.holder.slice("session:".length) }];
  const session = await adapter.findOne<{ expiresAt: Date }>({ model: "session", where });
  return session !== null && session.expiresAt.getTime() > now();
}
