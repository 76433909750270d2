// People of an auth service that sign-in does not own, as the source of people (people.ts). The auth service compares their
// passwords and signs their tokens; here lie only sealed copies of their session cookies. Contract: auth-vault, sections 2 to
// 4 and 11.
import type { SignInDatabase } from "../../database/sign_in_database.ts";
import { ROUND_MS } from "../../kit/limits.ts";
import type { ServiceLog } from "../../kit/service_log.ts";
import type { Secrets } from "../../secrets/secrets.ts";
import type { PeopleParts } from "../people_parts.ts";
import { type People, PeopleFault } from "../people.ts";
import { createAskAuthService } from "./ask_auth_service.ts";
import { createAuthService } from "./auth_service.ts";
import { type AuthSession, type AuthSessions, createAuthSessions, placeOf } from "./auth_sessions.ts";
import { demandSameAuthService } from "./demand_same_auth_service.ts";
import { createHeldAttempts } from "./held_attempts.ts";
import { createPasswordCheck } from "./password_check.ts";
import { createPasswordEntrance } from "./password_entrance.ts";
import { createPersonSpaces } from "./person_spaces.ts";
import { createPersonTokens } from "./person_tokens.ts";
import { resealSessions } from "./reseal_sessions.ts";
import { createSealing, type SealedPlace } from "./sealing.ts";
import { createSessionEndings, type SessionEndings } from "./session_endings.ts";
import { createSessionEntrance } from "./session_entrance.ts";
import { createSessionRounds } from "./session_rounds.ts";
import { createSpaceCounts } from "./space_counts.ts";

/**
 * Creates the source. It does its rounds with `every` until it is stopped: sessions that are used rarely are kept alive, and
 * those that could not be ended are ended.
 *
 * @throws {SetupFault} when the database holds people of another auth service, or sessions that no secret of the list sealed
 */
export async function createRemotePeople(deps: RemotePeopleDeps): Promise<RemotePeople> {
  const { signIn, now } = deps;
  await demandSameAuthService(signIn, deps.authIssuer);
  const seal = (purpose: string) => createSealing({ ...deps, purpose });
  const ask = createAskAuthService(deps);
  const service = createAuthService({ ...deps, ask });
  const sessionSealing = seal("session of the auth service");
  await resealSessions(signIn, sessionSealing, deps.secrets);
  const sessions = createAuthSessions(signIn, sessionSealing, now);
  const endsSessions = deps.entrance.kind === "password";
  const endings = createSessionEndings({ ...deps, sessions, service, endsSessions });
  const tokens = createPersonTokens({ ...deps, service, sessions });
  const counts = createSpaceCounts(signIn);
  const spaces = createPersonSpaces({ ...deps, service, sessions, counts });
  const parts = { ...deps, sessions, service, endings, tokens };
  const rounds = createSessionRounds(parts);
  const stopRounds = deps.every(ROUND_MS, rounds.go);
  return {
    entrance: deps.entrance.kind === "session"
      ? createSessionEntrance({ ...parts, loginUrl: deps.entrance.loginUrl })
      : createPasswordEntrance({
        ...parts,
        check: createPasswordCheck({ ...deps, ask }),
        held: createHeldAttempts(signIn, now),
        pendingSealing: seal("sign-in that waits for a code"),
        forgotUrl: deps.entrance.forgotUrl,
      }),
    spacesOf: (holder) => withSession(parts, placeOf(holder), (session) => spaces.list(session)),
    countSpaces: (userId) => counts.find(userId),
    mintToken: ({ id, userId }) =>
      withSession(parts, placeOf({ kind: "grant", grantId: id, userId }), (session) => tokens.mint(session)),
    mintOwnToken: (person) =>
      withSession(parts, placeOf({ kind: "session", ...person }), (session) => tokens.mint(session)),
    async grantMade(grantId, person) {
      const { userId } = person;
      const from = placeOf({ kind: "session", ...person });
      if (!await sessions.share(from, placeOf({ kind: "grant", grantId, userId }))) {
        throw new PeopleFault("gone");
      }
    },
    grantEnded: (grantId) => endings.leave(`grant:${grantId}`),
    isLeaving: (userId) => sessions.isLeaving(userId),
    keyStatus: undefined,
    async stop() {
      stopRounds();
      await rounds.settled();
    },
  };
}

/** Asks by the session of a holder. @throws {PeopleFault} `gone` as well where the holder has no session that opens */
async function withSession<T>(
  { sessions, endings }: { readonly sessions: AuthSessions; readonly endings: SessionEndings },
  place: SealedPlace,
  work: (session: AuthSession) => Promise<T>,
): Promise<T> {
  const session = await sessions.find(place);
  if (session === undefined) throw new PeopleFault("gone");
  try {
    return await work(session);
  } catch (error) {
    if (error instanceof PeopleFault && error.reason === "gone") await endings.isOver(session);
    throw error;
  }
}

/** The source of people, with an end. */
export interface RemotePeople extends People {
  /** Ends the rounds; resolves once the last round has come to its end. */
  stop(): Promise<void>;
}

/** What the source is made of. */
export interface RemotePeopleDeps extends PeopleParts {
  readonly signIn: SignInDatabase;
  /** The first seals, all open. */
  readonly secrets: Secrets;
  /** Public base URL of this server, without a slash at the end. */
  readonly issuer: string;
  /** Base URL of the auth service, without a slash at the end. */
  readonly authUrl: string;
  /** The `Origin` that the auth service takes from this server, where it demands a trusted origin. */
  readonly authOrigin: string;
  /** The `iss` of the auth service's JWTs. */
  readonly authIssuer: string;
  /** The `aud` of the auth service's JWTs. */
  readonly audience: string;
  readonly entrance: RemoteEntrance;
  /** Reaches the auth service, and needs to reach nobody else. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Longest wait for an answer of the auth service in milliseconds; `AUTH_ANSWER_MS` by default. */
  readonly patienceMs?: number;
  /** Calls `tick` again and again, `ms` milliseconds apart; returns how to end that. */
  readonly every: (ms: number, tick: () => Promise<void>) => () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  readonly randomUUID: () => string;
  readonly log: ServiceLog;
}

/** How people come in. `password`: they type it here. `session`: their browser's own session at the auth service counts. */
export type RemoteEntrance =
  | {
    readonly kind: "password";
    /** The page of the auth service where a forgotten password is renewed. */
    readonly forgotUrl?: string | undefined;
  }
  | {
    readonly kind: "session";
    /** The page of the auth service where people sign in. */
    readonly loginUrl: string;
  };
