// The usual way in: the persona's own password, session and token.
import { derivePersonaPassword } from "../../process/derive_persona_password.ts";
import type { Persona } from "../catalogue/read_catalogue.ts";
import type { Access, Entrance, SharedSpace } from "./access.ts";
import { openSession, type Session, type SessionDeps } from "./session.ts";

/** Creates the way in. */
export function createOwnAccess(deps: OwnAccessDeps): Access {
  return Object.freeze({
    async open(persona: Persona, signal: AbortSignal): Promise<Entrance> {
      const password = await derivePersonaPassword(deps.secret, persona.email);
      const session = await openSession(deps, { email: persona.email, password }, signal);
      return { ...createTokens(deps, session, signal), ...rest(deps, session, persona, signal) };
    },
  });
}

/** What {@link createOwnAccess} needs. */
export interface OwnAccessDeps extends SessionDeps {
  /** What passwords follow from. */
  readonly secret: string;
  /** Finds the shared spaces of a persona; none by default. */
  readonly spacesOf?: (
    session: Session,
    persona: Persona,
    signal: AbortSignal,
  ) => Promise<readonly SharedSpace[]>;
}

/** A token with less time than this is replaced before it is used. */
const RENEW_MS = 2 * 60_000;
/** Signing out has its own time, because the day's may be over. */
const SIGN_OUT_MS = 5_000;

function createTokens(
  { clock }: OwnAccessDeps,
  session: Session,
  signal: AbortSignal,
): Pick<Entrance, "token"> {
  let current: ReturnType<Session["token"]> | null = null;
  const fresh = () => {
    const asked = session.token(signal);
    current = asked;
    // A failure must not stay: the next request asks anew.
    asked.catch(() => current = current === asked ? null : current);
    return asked;
  };
  return {
    // Calls at once share one token, and one request for it.
    async token(refused) {
      const asked = current ?? fresh();
      const known = await asked;
      if (known.token !== refused && known.endsAt - clock.calendar() > RENEW_MS) return known.token;
      return (await (current === asked || current === null ? fresh() : current)).token;
    },
  };
}

function rest(
  { clock, spacesOf }: OwnAccessDeps,
  session: Session,
  persona: Persona,
  signal: AbortSignal,
): Pick<Entrance, "spaces" | "close"> {
  return {
    spaces: () => spacesOf === undefined ? Promise.resolve([]) : spacesOf(session, persona, signal),
    async close() {
      const own = new AbortController();
      const takeBack = clock.after(SIGN_OUT_MS, () => own.abort());
      await session.close(own.signal).catch(() => {});
      takeBack();
    },
  };
}
