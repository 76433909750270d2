// People of an auth service that sign-in does not own, as the source of people (people.ts). The auth service compares their
// passwords and signs their tokens; here lie only sealed copies of their session cookies. Contract: auth-vault, sections 2 to
// 4 and 11.
import type { SignInDatabase } from "../../database/sign_in_database.ts";
import type { ServiceLog } from "../../kit/service_log.ts";
import type { PeopleParts } from "../../sign_in_server.ts";
import { type People, PeopleFault } from "../people.ts";
import type { SealingSecret } from "./sealing.ts";

/**
 * Creates the source. It does its rounds with `every` until it is stopped: sessions that are used rarely are kept alive, and
 * those that could not be ended are ended.
 *
 * @throws {SetupFault} when the database holds people of another auth service
 */
export function createRemotePeople(deps: RemotePeopleDeps): Promise<RemotePeople> {
  const unavailable = () => Promise.reject(new PeopleFault("unavailable"));
  const { entrance } = deps;
  return Promise.resolve({
    entrance: entrance.kind === "session"
      ? {
        ...entrance,
        recognise: unavailable,
        enter: () => Promise.resolve({ outcome: "unavailable" }),
        leave: () => Promise.resolve(),
      }
      : {
        ...entrance,
        signIn: () => Promise.resolve({ outcome: "unavailable" }),
        verifyCode: () => Promise.resolve({ outcome: "unavailable" }),
        leave: () => Promise.resolve(),
      },
    spacesOf: unavailable,
    countSpaces: () => Promise.resolve(undefined),
    mintToken: unavailable,
    grantMade: unavailable,
    grantEnded: () => Promise.resolve(),
    isLeaving: () => Promise.resolve(false),
    keyStatus: undefined,
    stop: () => Promise.resolve(),
  });
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
  readonly secrets: readonly [SealingSecret, ...SealingSecret[]];
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
