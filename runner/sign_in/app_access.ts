// The way in of a persona that works through a connected app: consent on its own page, then tokens of the grant. The refresh token is
// held in memory and nowhere else, so that each start of the runner asks the persona once again (oauth_app.ts says why no apps pile up).
import type { Persona } from "../catalogue/read_catalogue.ts";
import { createDeadline } from "../kit/clock.ts";
import type { Turns } from "../kit/turns.ts";
import { type Access, type Entrance, SignInFault } from "./access.ts";
import { type AppTokens, createOAuthApp, GrantOver, type OAuthApp, type OAuthAppDeps } from "./oauth_app.ts";
import { createPersonPages, type PersonPages } from "./person_pages.ts";

/** Creates the way in. Starts with no grant. */
export function createAppAccess(deps: AppAccessDeps): AppAccess {
  const state: AppState = { ...deps, app: createOAuthApp(deps), grants: new Map() };
  return Object.freeze({
    async open(persona: Persona, signal: AbortSignal) {
      // One after the other: the first one registers the app for all, and sign-ins are counted by address.
      return await deps.turns(async () => {
        signal.throwIfAborted();
        const known = state.grants.get(persona.name);
        const isLive = known !== undefined && await renewed(state, persona, known, signal) !== undefined;
        const pages = isLive ? undefined : await connect(state, persona, signal);
        return createEntrance(state, persona, pages, signal);
      });
    },
    async end(signal: AbortSignal) {
      const grants = [...state.grants.values()];
      state.grants.clear();
      await Promise.allSettled(grants.map(({ tokens }) => state.app.giveBack(tokens, signal)));
    },
  });
}

/** The way in, with an end. */
export interface AppAccess extends Access {
  /** Gives every grant back: nobody can use them after this process. Never throws; a grant that stays is replaced by the next start. */
  end(signal: AbortSignal): Promise<void>;
}

/** What the way in needs. */
export interface AppAccessDeps extends OAuthAppDeps {
  /** The turns of all sign-ins of this runner. */
  readonly turns: Turns;
  /** The password of a persona; typed at the pages, kept nowhere. */
  passwordOf(persona: Persona): Promise<string>;
}

interface AppState extends AppAccessDeps {
  readonly app: OAuthApp;
  /** By the persona's name. */
  readonly grants: Map<string, HeldGrant>;
}

interface HeldGrant {
  readonly tokens: AppTokens;
  /** Where the persona's pages are. */
  readonly origin: string;
}

/** Has the persona connect the app, once. */
async function connect(state: AppState, persona: Persona, signal: AbortSignal): Promise<PersonPages> {
  const begun = await state.app.begin(scopesOf(persona), signal);
  const pages = pagesOf(state, persona, begun.origin);
  try {
    const scopes = begun.scopes.filter((scope) => scope !== OFFLINE_ACCESS);
    const returned = await pages.connect(begun.url, scopes, signal);
    const tokens = await state.app.redeem(begun, returned, signal);
    state.grants.set(persona.name, { tokens, origin: begun.origin });
    return pages;
  } catch (error) {
    // Also where the server has forgotten the app, which it can only say on a page: the next tick registers anew.
    if (!(error instanceof SignInFault) || error.kind === "refused") state.app.forget();
    await leave(state, pages);
    if (error instanceof GrantOver) {
      throw new SignInFault("refused", `the code of the consent page was refused: ${error.message}`);
    }
    throw error;
  }
}

/** What the mix needs, and notes and tasks, on which a persona falls back whose modules do not exist. */
function scopesOf({ moduleMix }: Persona): readonly string[] {
  const modules = new Set([...Object.keys(moduleMix), "notes", "todo"]);
  const accesses = ["read", "write", "destructive"];
  return [
    ...[...modules].flatMap((module) => accesses.map((access) => `${module}:${access}`)),
    OFFLINE_ACCESS,
  ];
}

const OFFLINE_ACCESS = "offline_access";

function createEntrance(
  state: AppState,
  persona: Persona,
  opened: PersonPages | undefined,
  signal: AbortSignal,
): Entrance {
  let pages = opened;
  let renewing: Promise<HeldGrant | undefined> | undefined;
  const grant = () => {
    const held = state.grants.get(persona.name);
    if (held === undefined) throw new SignInFault("refused", "the persona has taken the app's access away");
    return held;
  };
  return Object.freeze({
    async token(refused?: string) {
      const held = grant();
      // Several calls of one turn ask at once, and a refresh token is good for one use.
      renewing ??= renewed(state, persona, held, signal, refused).finally(() => renewing = undefined);
      await renewing;
      return grant().tokens.accessToken;
    },
    spaces: () => Promise.resolve([]),
    page: {
      async decide(link: string, decision: "yes" | "no") {
        pages ??= pagesOf(state, persona, grant().origin);
        return await pages.decide(link, decision, signal);
      },
    },
    async close() {
      if (pages !== undefined) await leave(state, pages);
    },
  });
}

/**
 * A grant whose token is good for two more minutes, or for half its life where that is shorter; undefined where the persona has taken
 * the app's access away.
 */
async function renewed(
  { app, grants, clock }: AppState,
  { name }: Persona,
  held: HeldGrant,
  signal: AbortSignal,
  refused?: string,
): Promise<HeldGrant | undefined> {
  const { accessToken, endsAt, freshMs } = held.tokens;
  if (refused !== accessToken && endsAt - clock.elapsed() > Math.min(MARGIN_MS, freshMs / 2)) return held;
  try {
    const next = { ...held, tokens: await app.renew(held.tokens, signal) };
    grants.set(name, next);
    return next;
  } catch (error) {
    if (!(error instanceof GrantOver)) throw error;
    if (error.kind === "app") app.forget();
    grants.delete(name);
    return undefined;
  }
}

const MARGIN_MS = 120_000;

function pagesOf(deps: AppAccessDeps, persona: Persona, origin: string): PersonPages {
  return createPersonPages(deps, { persona, password: () => deps.passwordOf(persona) }, origin);
}

/** Signs out, in a time of its own: the day's may be over. A session that stays ends by itself. */
async function leave({ clock }: AppAccessDeps, pages: PersonPages): Promise<void> {
  const deadline = createDeadline(clock, SIGN_OUT_MS);
  try {
    await pages.leave(deadline.signal);
  } catch {
    // The page does not answer.
  } finally {
    deadline.end();
  }
}

const SIGN_OUT_MS = 5_000;
