// The shared spaces of the catalogue: made, joined and looked after by their personas themselves, with the ordinary requests of the auth
// service. A space with a member who is no persona is not used: what personas write must reach no human.
import { z } from "zod";
import { derivePersonaPassword } from "../../process/derive_persona_password.ts";
import type { Persona } from "../catalogue/read_catalogue.ts";
import { createDeadline } from "../kit/clock.ts";
import { createTurns, type Turns } from "../kit/turns.ts";
import { type SharedSpace, SignInFault } from "./access.ts";
import { openSession, type Session, type SessionDeps } from "./session.ts";
import { findSpace, joinSpace, type Member, membersOf, SpaceFault, userIdOf } from "./space_requests.ts";

/** Creates the finder of shared spaces. It remembers who the personas are, and nothing of their spaces. */
export function createSharedSpaces(deps: SharedSpacesDeps): FindSharedSpaces {
  const state: SpacesState = { ...deps, ids: new Map(), turns: new Map() };
  return async (session, persona, signal) => {
    if (persona.shares === undefined) return [];
    const { name } = persona.shares;
    const inTurn = state.turns.get(name) ?? createTurns();
    state.turns.set(name, inTurn);
    try {
      // Two members whose days begin at once must not make two spaces.
      const space = await inTurn(() => ensureSpace(state, { session, persona, signal }));
      return space === undefined ? [] : [space];
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SpaceFault) && !(error instanceof SignInFault)) throw error;
      // A day without the shared space is a day all the same.
      deps.onRefused?.(persona, error.message);
      return [];
    }
  };
}

/** Finds the shared spaces of the persona whose session it is. Throws nothing but the signal's reason. */
export type FindSharedSpaces = (
  session: Session,
  persona: Persona,
  signal: AbortSignal,
) => Promise<readonly SharedSpace[]>;

/** What the finder needs. */
export interface SharedSpacesDeps {
  readonly personas: readonly Persona[];
  /** The way to sign in members that have to join. */
  readonly sessions: SessionDeps;
  /** What passwords follow from. */
  readonly secret: string;
  /** Is told, in fixed words, why a persona goes without its shared space. */
  readonly onRefused?: (persona: Persona, words: string) => void;
}

interface SpacesState extends SharedSpacesDeps {
  /**
   * User ids of personas, by their names. An id stands here only once this runner has signed in with the password that follows from its
   * secret: an address at `mana.test`, which a member list shows, proves nothing, since anybody can register one.
   */
  readonly ids: Map<string, string>;
  /** By the name of a space. */
  readonly turns: Map<string, Turns>;
}

/** A persona whose day begins. */
interface Asking {
  readonly session: Session;
  readonly persona: Persona;
  readonly signal: AbortSignal;
}

async function ensureSpace(state: SpacesState, asking: Asking): Promise<SharedSpace | undefined> {
  const { session, persona, signal } = asking;
  const { shares } = persona;
  if (shares === undefined) return undefined;
  const group = state.personas.filter((other) => other.shares?.name === shares.name);
  state.ids.set(persona.name, await userIdOf(session, signal));
  const slug = `personas-${shares.name}`;
  let id = await findSpace(session, slug, shares.kind, signal);
  let members = id === undefined ? [] : await membersOf(session, id, signal);
  if (id === undefined || members.length < group.length) {
    id = await gather(state, asking, { group, slug, name: shares.name, kind: shares.kind });
    members = await membersOf(session, id, signal);
  }
  const names = await namesOf(state, asking, group, members);
  return names.length < 2 ? undefined : { id, kind: shares.kind, members: names };
}

/** A space that may have to be made. */
interface WantedSpace {
  readonly group: readonly Persona[];
  readonly slug: string;
  readonly name: string;
  readonly kind: string;
}

/** The first persona of the group makes the space, and the others join it, where that is not done yet. Returns its id. */
async function gather(state: SpacesState, asking: Asking, wanted: WantedSpace): Promise<string> {
  const { signal } = asking;
  const [founder, ...others] = wanted.group;
  if (founder === undefined) throw new SpaceFault("nobody shares this space");
  return await as(state, asking, founder, async (session) => {
    const { slug, name, kind } = wanted;
    const id = await findSpace(session, slug, kind, signal) ??
      await makeSpace(session, { slug, name, kind }, signal);
    const members = await membersOf(session, id, signal);
    for (const other of others) {
      if (members.some(({ email }) => email === other.email)) continue;
      await as(
        state,
        asking,
        other,
        async (own) => await joinSpace({ session, own, id, email: other.email }, signal),
      );
    }
    return id;
  });
}

async function makeSpace(
  session: Session,
  { slug, name, kind }: Pick<WantedSpace, "slug" | "name" | "kind">,
  signal: AbortSignal,
): Promise<string> {
  const body = { name: `${name} of personas`, slug, metadata: { type: kind } };
  const made = await session.post("/api/auth/organization/create", body, signal);
  const parsed = made.status === 200 ? Made.safeParse(made.body) : undefined;
  if (parsed?.success !== true) throw new SpaceFault(`the shared space cannot be made (${made.status})`);
  return parsed.data.id;
}

const Made = z.object({ id: z.string().min(1) });

/** Does something in a persona's session: the session of the day that begins, or one that is opened for it and ended after it. */
async function as<Result>(
  state: SpacesState,
  { session, persona, signal }: Asking,
  who: Persona,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  if (who.name === persona.name) return await work(session);
  const password = await derivePersonaPassword(state.secret, who.email);
  const own = await openSession(state.sessions, { email: who.email, password }, signal);
  try {
    state.ids.set(who.name, await userIdOf(own, signal));
    return await work(own);
  } finally {
    const deadline = createDeadline(state.sessions.clock, SIGN_OUT_MS);
    await own.close(deadline.signal).catch(() => {});
    deadline.end();
  }
}

/** Signing out has its own time, because the day's may be over. */
const SIGN_OUT_MS = 5_000;

/** The members by name. Throws {@link SpaceFault} where one of them is nobody that this runner can sign in as. */
async function namesOf(
  state: SpacesState,
  asking: Asking,
  group: readonly Persona[],
  members: readonly Member[],
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { userId, email } of members) {
    const persona = group.find((one) => one.email === email);
    if (persona === undefined) throw new SpaceFault("the shared space has a member who is no persona of it");
    if (!state.ids.has(persona.name)) await as(state, asking, persona, () => Promise.resolve());
    if (state.ids.get(persona.name) !== userId) {
      throw new SpaceFault("the shared space has a member who only looks like a persona");
    }
    names.push(persona.name);
  }
  return names;
}
