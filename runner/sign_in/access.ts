// The port to a persona's way in: with a session of its own (own_access.ts), or as a connected app.
import type { Persona } from "../catalogue/read_catalogue.ts";

/** Ways in. */
export interface Access {
  /** Signs the persona in. Throws {@link SignInFault}, and the signal's reason when it ends. */
  open(persona: Persona, signal: AbortSignal): Promise<Entrance>;
}

/** A persona that is signed in. */
export interface Entrance {
  /**
   * A token that is good for two more minutes. `refused` is a token that the gateway has just refused: another one is fetched then.
   * Throws {@link SignInFault}.
   */
  token(refused?: string): Promise<string>;
  /** Shared spaces that the persona may work in: every member is a persona. */
  spaces(): Promise<readonly SharedSpace[]>;
  /** The persona's own page, where it decides what a connected app asks for; a persona with its own token is asked by its client. */
  readonly page?: PersonPage;
  /** Signs out. Never throws: a session that stays ends by itself. */
  close(): Promise<void>;
}

/** Where a persona answers what a connected app asks for. */
export interface PersonPage {
  /**
   * Opens the link of a refusal and presses yes or no. `over`: it was answered before, or its time is over; `refused`: the page did not
   * take the answer. Throws {@link SignInFault}.
   */
  decide(link: string, decision: "yes" | "no"): Promise<"taken" | "over" | "refused">;
}

/** A shared space of personas. */
export interface SharedSpace {
  readonly id: string;
  /** `family`, `team`, … */
  readonly kind: string;
  /** Names of its members, such as `anna`. */
  readonly members: readonly string[];
}

/** A persona cannot sign in. */
export class SignInFault extends Error {
  override readonly name = "SignInFault";
  /**
   * `away`: the service does not answer properly, so nobody can sign in. `refused`: this persona cannot. `wait`: it was asked too often
   * and says when to come again.
   */
  readonly kind: "away" | "refused" | "wait";
  /** When to come again, in milliseconds; null where nobody said. */
  readonly waitMs: number | null;

  constructor(kind: SignInFault["kind"], message: string, waitMs: number | null = null) {
    super(message);
    this.kind = kind;
    this.waitMs = waitMs;
  }
}
