// How a person comes in at the pages, and how that can end. What the pages show is pages/entrance_routes.tsx.

/** The way in. Compares passwords by itself, or has somebody compare them; stores none. */
export interface Entrance {
  /** Compares a password. */
  signIn(attempt: SignInAttempt): Promise<SignInOutcome>;
  /** Makes an account; absent where accounts are made elsewhere. */
  readonly signUp?: (registration: Registration) => Promise<SignUpOutcome>;
  /** Called when a browser's session ends. */
  leave(sessionId: string): Promise<void>;
}

/** An attempt to sign in. */
export interface SignInAttempt {
  readonly email: string;
  readonly password: string;
  /** The signed request of the app that waits for the person, word for word; empty: no app waits. */
  readonly oauthQuery: string;
  /** The network address that the attempt comes from. */
  readonly address: string;
}

/** A person who got in. */
export interface Entered {
  readonly outcome: "entered";
  /** Whole `Set-Cookie` lines of the new session. */
  readonly cookies: readonly string[];
  /** Where the waiting request of an app goes on; `undefined`: no app waits. */
  readonly url: string | undefined;
}

/** How an attempt to sign in ended. */
export type SignInOutcome =
  | Entered
  /** No account has this address with this password. */
  | { readonly outcome: "wrong-password" }
  /** Too many attempts went wrong: nothing was compared. */
  | { readonly outcome: "held-back"; readonly seconds: number }
  /** The app's request is not signed by this server, or is too old. */
  | { readonly outcome: "expired" };

/** A new account. */
export interface Registration extends Omit<SignInAttempt, "address"> {
  readonly name: string;
}

/** How the making of an account ended. */
export type SignUpOutcome = Entered | { readonly outcome: "address-taken" | "address-refused" | "expired" };
