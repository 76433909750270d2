// Which spaces a person has and in which one a call works, kept for a minute. choose_space.ts has the rules of the choice,
// fetch_directory.ts asks the services. Contract: auth-vault sections 4 and 12.
import {
  MEMBERSHIP_CACHE_ENTRIES,
  MEMBERSHIP_CACHE_MS,
  MEMBERSHIP_COOLDOWN_MS,
  MEMBERSHIP_RENEWAL_MS,
} from "../kit/limits.ts";
import type { Clock } from "../kit/clock.ts";
import { grantedSpaces } from "../people/scopes.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import { createExpiringCache, type ExpiringCache } from "../kit/expiring_cache.ts";
import { type Caller, principalKey } from "../people/principal.ts";
import { createSingleFlight, type SingleFlight } from "../kit/shared_work.ts";
import type { KeyedService } from "../services/keyed_service.ts";
import { chooseNamedSpace } from "./choose_named_space.ts";
import { chooseSpace, type Directory, type SpaceChoice } from "./choose_space.ts";
import { fetchDirectory, fetchGrantDirectory } from "./fetch_directory.ts";
import { toldDirectory } from "./told_directory.ts";
import { createSettlingSpaces, type SettlingSpace, type SettlingSpaces } from "./settling_spaces.ts";

/** The choice of a space together with what it was chosen from. */
export interface ResolvedSpace {
  /**
   * The space, or why none could be chosen: `spaces-untold`, `space-not-member`, `space-not-granted`, `space-grant-over`,
   * `space-choice-needed`; `space-unknown` or `space-ambiguous` where a name was asked for.
   */
  readonly choice: SpaceChoice;
  readonly directory: Directory;
  /** Changes whenever the set of memberships changes: older rows of a joined space come only with a full pull. */
  readonly membershipVersion: string;
  /** From when on the sync service shows everything of the space; null for the personal space, and without a space. */
  readonly settling: SettlingSpace | null;
}

/** Answers which spaces a person has and which one a call works in. */
export interface Spaces {
  /**
   * `requested` is an id, or null; with `mayBeName` it may be the name of a space as well. Returns without a promise when the
   * caller has no scopes, names no space, and the answer is kept. Rejects with Refused `upstream-failed`,
   * `upstream-token-refused` or `token-revoked` when membership cannot be known: never a guess.
   */
  resolve(
    caller: Caller,
    requested: string | null,
    mayBeName?: boolean,
  ): ResolvedSpace | Promise<ResolvedSpace>;
  /** Whether the auth service refused its list to the last token that was asked with, and no service key is there to ask with. */
  isUntold(): boolean;
}

/** Whom {@link createSpaces} asks. */
export interface SpacesDeps {
  /** Told the person's own token, or a client's exchanged one where it signs clients in itself. */
  readonly authService: KeyedService;
  /** Asked for connected clients; the very same value as `authService` where that signs them in. */
  readonly signInServer: KeyedService;
  readonly clock: Clock;
}

/**
 * Creates the directory of spaces, kept per person for {@link MEMBERSHIP_CACHE_MS}, one look-up in flight each. A renewal
 * lengthens nothing: when it fails, what is known ends at its time, and the next call waits for a look-up and what it says.
 */
export function createSpaces(deps: SpacesDeps): Spaces {
  const state: State = {
    entries: createExpiringCache<Entry>({ clock: deps.clock, maxEntries: MEMBERSHIP_CACHE_ENTRIES }),
    singleFlight: createSingleFlight<Entry>(),
    settling: createSettlingSpaces(deps.clock),
    listTakesTokens: false,
    isUntold: false,
  };
  return Object.freeze({
    resolve(
      caller: Caller,
      requested: string | null,
      mayBeName = false,
    ): ResolvedSpace | Promise<ResolvedSpace> {
      const key = principalKey(caller.principal);
      if (caller.toldSpaces !== undefined) return resolveTold(state, caller, key, requested, mayBeName);
      const known = state.entries.get(key);
      if (known !== undefined) renew(deps, state, caller, key, known);
      return known?.usual !== undefined && isUsual(caller, requested)
        ? noted(caller, known.usual)
        : resolveAnew(deps, state, caller, key, known, requested, mayBeName);
    },
    isUntold: () => state.isUntold,
  });
}

interface State {
  readonly entries: ExpiringCache<Entry>;
  /**
   * By issuer, person and token: what a service says of one token it need not say of the person's next, and a sign-in server may
   * exchange a client's token for one that the person has as well.
   */
  readonly singleFlight: SingleFlight<Entry>;
  readonly settling: SettlingSpaces;
  listTakesTokens: boolean;
  isUntold: boolean;
}

interface Entry {
  readonly directory: Directory;
  readonly membershipVersion: string;
  readonly at: number;
  /** The answer for a whole token that names no space, once such a token asked. */
  usual?: ResolvedSpace;
  /** Whether the entry was looked up anew before its end: once, so that not every call asks a service that is down. */
  isRenewed: boolean;
}

function load(
  deps: SpacesDeps,
  state: State,
  caller: Caller,
  key: string,
  tally?: RequestTally,
): Promise<Entry> {
  return state.singleFlight(key + caller.token.reveal(), async () => {
    const directory = await ask(deps, state, caller, tally);
    state.settling.note(key, directory);
    const membershipVersion = versionOf(directory);
    const entry: Entry = { directory, membershipVersion, at: deps.clock.calendar(), isRenewed: false };
    state.entries.set(key, entry, entry.at + MEMBERSHIP_CACHE_MS);
    return entry;
  });
}

function versionOf({ spaces }: Directory): string {
  return spaces.map(({ id }) => id).sort().join("\n");
}

/** A choice among the spaces that came with the request. Nothing of it is kept: the next request brings its own. */
function resolveTold(
  { settling }: State,
  caller: Caller,
  key: string,
  requested: string | null,
  mayBeName: boolean,
): ResolvedSpace {
  const directory = toldDirectory(caller.toldSpaces ?? []);
  settling.note(key, directory);
  const { subject, scopes } = caller.principal;
  const granted = grantedSpaces(scopes);
  const choice = requested !== null && mayBeName
    ? chooseNamedSpace(directory, subject, requested, granted)
    : chooseSpace(directory, subject, requested, granted);
  return noted(caller, {
    choice,
    directory,
    membershipVersion: versionOf(directory),
    settling: choice.ok ? settling.find(key, choice.space) : null,
  });
}

/**
 * Asks the server that knows the caller's kind. A person and their clients come from two issuers where two servers sign them in,
 * so that what one server says of a person is never kept for the other.
 */
async function ask(
  { authService, signInServer }: SpacesDeps,
  state: State,
  caller: Caller,
  tally: RequestTally | undefined,
): Promise<Directory> {
  const { client } = caller.principal;
  if (client !== null && signInServer !== authService) {
    return await fetchGrantDirectory(signInServer, client.grantId, tally);
  }
  const directory = await fetchDirectory(authService, caller, tally, state.listTakesTokens);
  if (directory.source === "list") state.listTakesTokens = true;
  state.isUntold = directory.source === "none";
  return directory;
}

/** Nobody waits for a renewal, so that it is part of nobody's trace; a failure is counted with the other requests to the service. */
function renew(deps: SpacesDeps, state: State, caller: Caller, key: string, known: Entry): void {
  if (known.isRenewed || deps.clock.calendar() - known.at < MEMBERSHIP_CACHE_MS - MEMBERSHIP_RENEWAL_MS) {
    return;
  }
  known.isRenewed = true;
  load(deps, state, caller, key).catch(() => {});
}

async function resolveAnew(
  deps: SpacesDeps,
  state: State,
  caller: Caller,
  key: string,
  known: Entry | undefined,
  requested: string | null,
  mayBeName: boolean,
): Promise<ResolvedSpace> {
  const { subject, scopes } = caller.principal;
  let entry = known ?? await load(deps, state, caller, key, caller.tally);
  const granted = grantedSpaces(scopes);
  const chooseIn = ({ directory }: Entry): SpaceChoice =>
    requested !== null && mayBeName
      ? chooseNamedSpace(directory, subject, requested, granted)
      : chooseSpace(directory, subject, requested, granted);
  let choice = chooseIn(entry);
  if (
    mayBeOutdated(choice, entry.directory, requested, granted) &&
    deps.clock.calendar() - entry.at >= MEMBERSHIP_COOLDOWN_MS
  ) {
    entry = await load(deps, state, caller, key, caller.tally);
    choice = chooseIn(entry);
  }
  const { directory, membershipVersion } = entry;
  // A client sees only the spaces that it was given, in lists as well.
  const visible = granted === null
    ? directory
    : { ...directory, spaces: directory.spaces.filter(({ id }) => granted.has(id)) };
  const settling = choice.ok ? state.settling.find(key, choice.space) : null;
  const resolved = { choice, directory: visible, membershipVersion, settling };
  if (isUsual(caller, requested)) entry.usual = resolved;
  return noted(caller, resolved);
}

/**
 * Whether a space that was joined a moment ago would change the choice. That holds too for the only known space of a grant
 * that names several: what is meant for the other one must not be written there.
 */
function mayBeOutdated(
  choice: SpaceChoice,
  { spaces }: Directory,
  requested: string | null,
  granted: ReadonlySet<string> | null,
): boolean {
  if (!choice.ok) return OUTDATED.has(choice.refusal.reason);
  if (requested !== null || granted === null || choice.space.kind === "personal") return false;
  const known = new Set(spaces.map(({ id }) => id));
  return [...granted].some((id) => !known.has(id));
}

const OUTDATED: ReadonlySet<string> = new Set(["space-not-member", "space-grant-over", "space-unknown"]);

function isUsual({ principal }: Caller, requested: string | null): boolean {
  return requested === null && principal.scopes === null;
}

function noted(caller: Caller, resolved: ResolvedSpace): ResolvedSpace {
  if (resolved.choice.ok) caller.tally.inSpace(resolved.choice.space.id);
  return resolved;
}
