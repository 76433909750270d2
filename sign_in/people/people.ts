// Where people come from: what sign-in needs of the accounts behind it. Two sources keep this contract: the embedded backend's
// own accounts (backend/auth/embedded_people.ts), and an auth service that sign-in does not own (people/remote/).
import type { Entrance } from "./entrance.ts";

/** The source of people. Each method may throw {@link PeopleFault}. */
export interface People {
  /** How a person comes in at the pages. */
  readonly entrance: Entrance;
  /** All spaces of the person, the personal space first where the source knows the order. */
  spacesOf(holder: Holder): Promise<readonly Space[]>;
  /**
   * How many spaces the person has, for a grant that opens them all, as far as the source knows without asking anybody;
   * `undefined`: it does not know.
   */
  countSpaces(userId: string): Promise<number | undefined>;
  /** A token of the person, for the services behind the gateway. */
  mintToken(grant: HeldGrant, scope: string): Promise<PersonToken>;
  /**
   * A token of the person themselves, for what their own pages ask of the gateway: no app is named in it, and it opens all that
   * the person can open. It never leaves this process but to the gateway.
   */
  mintOwnToken(person: SignedIn): Promise<PersonToken>;
  /**
   * Called while the person gives consent, before the app can use the grant: whatever the grant needs to ask for the person
   * later is stored now. The grant itself is written afterwards: where this throws, the person can answer the app again. Where
   * the grant is not made after all, `grantEnded` is called.
   */
  grantMade(grantId: string, person: SignedIn): Promise<void>;
  /** Called after a grant ended. Does nothing for a grant that it was told of before. */
  grantEnded(grantId: string): Promise<void>;
  /** Whether a session of the person at the auth service was to be ended from here, and could not be ended yet. */
  isLeaving(userId: string): Promise<boolean>;
  /** What the page about the person's key shows; `undefined` where no key passes here, and there is no such page. */
  readonly keyStatus: ((userId: string) => KeyStatus) | undefined;
}

/** The part of a grant (oauth/grants/grant.ts) that a token of the person is made of. */
export interface HeldGrant {
  readonly id: string;
  readonly userId: string;
  /** The app that acts for the person. */
  readonly clientId: string;
  /** Milliseconds since 1970; `undefined`: until the person takes it back. */
  readonly expiresAt: number | undefined;
}

/** Ends a grant: no token of it is worth anything from now on. `reason` is what the person is told; none: they ended it. */
export type EndGrant = (grantId: string, reason?: EndReason) => Promise<void>;

/** Why a grant ended without the person at this server: their session at the auth service is over. */
export type EndReason = "session-over";

/** Somebody who is signed in at a browser. */
export interface SignedIn {
  /** The person's id at the auth service: the `sub` of every token. */
  readonly userId: string;
  /** The browser's session at this server. */
  readonly sessionId: string;
}

/** On whose behalf the source is asked: a browser's session, or a grant. */
export type Holder =
  | ({ readonly kind: "session" } & SignedIn)
  | { readonly kind: "grant"; readonly grantId: string; readonly userId: string };

/** A space as lists of spaces show it, without a role (auth-vault, section 4). */
export interface Space {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly logo: string | null;
  /** `{type, tier?, …}`, or nothing that could be understood. */
  readonly metadata: unknown;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** A token of a person. */
export interface PersonToken {
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** What the page about the person's key shows. */
export interface KeyStatus {
  readonly vaultExists: boolean;
  readonly zeroKnowledge: boolean;
  /** ISO 8601; null without a recovery code. */
  readonly recoverySetAt: string | null;
}

/** The source cannot answer for a person. */
export class PeopleFault extends Error {
  override readonly name = "PeopleFault";
  /** `gone`: the person's session has ended there, for good. `unavailable`: the source does not answer; later it may. */
  readonly reason: "gone" | "unavailable";

  constructor(reason: PeopleFault["reason"]) {
    super(reason === "gone" ? "The person's session has ended" : "The auth service does not answer");
    this.reason = reason;
  }
}

/** The type that a space says it has; `undefined` where its metadata say none. */
export function typeOfSpace({ metadata }: Pick<Space, "metadata">): string | undefined {
  const type: unknown = typeof metadata === "object" && metadata !== null
    ? Reflect.get(metadata, "type")
    : undefined;
  return typeof type === "string" ? type : undefined;
}
