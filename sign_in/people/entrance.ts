// How a person comes in at the pages, and how that can end. What the pages show is pages/entrance/.

/** The way in. */
export type Entrance = PasswordEntrance | SessionEntrance;

/** A person types their password here. It is compared by the source of people and stored nowhere. */
export interface PasswordEntrance {
  readonly kind: "password";
  /** Compares a password. */
  signIn(attempt: SignInAttempt): Promise<SignInOutcome>;
  /** Compares the code of a second factor; absent where no account has a second factor. */
  readonly verifyCode?: (attempt: CodeAttempt) => Promise<CodeOutcome>;
  /** Makes an account; absent where accounts are made elsewhere. */
  readonly signUp?: (registration: Registration) => Promise<SignUpOutcome>;
  /** The page where a forgotten password is renewed; absent: there is none to name. */
  readonly forgotUrl?: string | undefined;
  /** Called when a browser's session at this server ends. */
  leave(sessionId: string): Promise<void>;
}

/**
 * No password is typed here: the person's own session at the auth service, whose cookie this server's host is sent too, lets
 * them in.
 */
export interface SessionEntrance {
  readonly kind: "session";
  /** Who is signed in at the auth service in this browser; `undefined`: nobody. Throws PeopleFault. */
  recognise(headers: Headers): Promise<Recognised | undefined>;
  /** Lets the recognised person in. */
  enter(headers: Headers, oauthQuery: string): Promise<SessionOutcome>;
  /** The page where people sign in at the auth service. */
  readonly loginUrl: string;
  /** Called when a browser's session at this server ends. The session at the auth service is the person's own and stays. */
  leave(sessionId: string): Promise<void>;
}

/** An attempt to sign in. */
export interface SignInAttempt {
  readonly email: string;
  readonly password: string;
  /** The signed request of the app that waits for the person, word for word; empty: no app waits. */
  readonly oauthQuery: string;
  /** The network address that the attempt comes from, as limits count it (http/client_address.ts). */
  readonly address: string;
}

/** The code of a second factor. */
export interface CodeAttempt extends Omit<SignInAttempt, "email" | "password"> {
  /** Six digits, or a backup code. */
  readonly code: string;
  /** The sign-in that waits for the code, as {@link SignInOutcome} gave it: sealed, so that a page can carry it. */
  readonly pending: string;
}

/** A person who got in. */
export interface Entered {
  readonly outcome: "entered";
  /** Whole `Set-Cookie` lines of the new session. */
  readonly cookies: readonly string[];
  /** Where the waiting request of an app goes on; `undefined`: no app waits. */
  readonly url: string | undefined;
}

/** What can keep every kind of attempt from being judged. */
export type NotJudged =
  /** Too many attempts went wrong: nothing was compared. */
  | { readonly outcome: "held-back"; readonly seconds: number }
  /** The auth service takes no more attempts for the moment: nothing was compared. */
  | { readonly outcome: "busy"; readonly seconds: number }
  /** The auth service does not answer, or not as one. */
  | { readonly outcome: "unavailable" }
  /** The app's request is not signed by this server, or is too old. */
  | { readonly outcome: "expired" };

/** How an attempt to sign in ended. */
export type SignInOutcome =
  | Entered
  | NotJudged
  /** No account has this address with this password. */
  | { readonly outcome: "wrong-password" }
  /** The password is right, but the person has not confirmed their e-mail address. */
  | { readonly outcome: "unconfirmed" }
  /** The password is right, and a code is asked for. */
  | { readonly outcome: "code-needed"; readonly pending: string };

/** How an attempt with a code ended. */
export type CodeOutcome =
  | Entered
  | NotJudged
  /** The code is not right; another one may be tried. */
  | { readonly outcome: "wrong-code"; readonly pending: string }
  /** The sign-in waited for too long, or had too many wrong codes: it begins anew. */
  | { readonly outcome: "over" };

/** Somebody whom the auth service knows in this browser. */
export interface Recognised {
  readonly email: string;
}

/** How entering by a session ended. */
export type SessionOutcome = Entered | NotJudged | { readonly outcome: "nobody" };

/** A new account. */
export interface Registration extends Omit<SignInAttempt, "address"> {
  readonly name: string;
}

/** How the making of an account ended. */
export type SignUpOutcome = Entered | { readonly outcome: "address-taken" | "address-refused" | "expired" };
