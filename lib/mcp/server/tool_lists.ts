// Which tools a caller is shown, as text that is made once. Whether a tool may be shown is the gate's to say; of these, the profile
// of the connection says which are (tool/profiles/tool_profiles.ts).
import { hash } from "node:crypto";
import { createBoundedCache } from "../../kit/bounded_cache.ts";
import { MAX_LISTED_TOKENS, MAX_LISTED_TOOLS } from "../../kit/limits.ts";
import { type ConnectedClient, type Principal, principalKey } from "../../people/principal.ts";
import type { Gate } from "../../policy/gate.ts";
import { COMPACT_PROFILE, START_PROFILE } from "../../tool/profiles/define_profile.ts";
import { listingTokens } from "../../tool/listing_tokens.ts";
import type { ToolProfiles } from "../../tool/profiles/tool_profiles.ts";
import type { ListedTool, ToolListing, ToolRegistry } from "../../tool/tool_registry.ts";

/** The tools that one caller is shown. */
export interface ToolList {
  readonly tools: readonly ToolListing[];
  /** `_meta` of the result: `mana/etag` is the same for the same list, so a client that asks again sees at once whether to read it. */
  readonly meta: { readonly "mana/etag": string };
  /** The members `tools` and `mana/etag` as JSON text, made once per list instead of once per request. */
  readonly toolsJson: string;
  readonly etagJson: string;
}

/** The lists of tools, one per set of tools that some caller is shown. */
export interface ToolLists {
  /** The list that a caller gets, who has it from now on. `profile` is the one that the address names, which is one that exists. */
  listFor(principal: Principal, profile: string | null): ToolList;
  /**
   * Whether a connected client has another list than it would get now, because the person changed what it may do, or because
   * there is more than one space to choose from now, or no longer. The list of a person's own token never changes.
   */
  isOutdated(principal: Principal, profile: string | null): boolean;
  /** Notes that a client was told to ask for its list again. */
  noteTold(principal: Principal, profile: string | null): void;
}

/** Dependencies of {@link createToolLists}. */
export interface ToolListsDeps {
  readonly registry: ToolRegistry;
  readonly gate: Pick<Gate, "shows">;
  readonly profiles: ToolProfiles;
}

/** Lists kept at once: people choose among a handful of sets of scopes, and made-up ones must not fill the memory. */
const MAX_LISTS = 256;
/** Clients whose list is known. The client that was given its list longest ago is forgotten. */
const MAX_LISTED_CLIENTS = 20_000;
/** Hex digits of an etag. */
const ETAG_DIGITS = 16;

/** Creates the lists. What a caller may not use is not shown. */
export function createToolLists(deps: ToolListsDeps): ToolLists {
  const state: State = {
    deps,
    all: deps.registry.list(),
    ownLists: new Map(),
    shownKeys: new WeakMap(),
    lists: createBoundedCache(MAX_LISTS),
  };
  /** The list that each connected client has. */
  const listsOfClients = createBoundedCache<ToolList>(MAX_LISTED_CLIENTS);
  const giveList = (principal: Principal, profile: string | null): ToolList => {
    const list = currentList(state, principal, profile);
    if (principal.client !== null) {
      listsOfClients.set(clientKey(principal, principal.client, profile), list);
    }
    return list;
  };
  return Object.freeze({
    listFor: giveList,
    isOutdated(principal: Principal, profile: string | null): boolean {
      if (principal.client === null) return false;
      const list = listsOfClients.peek(clientKey(principal, principal.client, profile));
      return list !== undefined && list.etagJson !== currentList(state, principal, profile).etagJson;
    },
    noteTold: (principal: Principal, profile: string | null) => void giveList(principal, profile),
  });
}

interface State {
  readonly deps: ToolListsDeps;
  readonly all: readonly ListedTool[];
  /** Of people's own tokens, by profile. */
  readonly ownLists: Map<string, ToolList>;
  /** Which tools some scopes show: a digit for each. A token's scopes are one value for as long as the token is known. */
  readonly shownKeys: WeakMap<ReadonlySet<string>, string>;
  readonly lists: ReturnType<typeof createBoundedCache<ToolList>>;
}

function currentList(state: State, principal: Principal, profile: string | null): ToolList {
  const { scopes } = principal;
  // A person's own token may do everything, which is the most frequent list by far. How many spaces the person has is not
  // known without asking, and `space` costs nobody anything who has one.
  if (scopes === null) return ownList(state, profile ?? START_PROFILE);
  const named = profile ?? principal.client?.toolProfile ?? "";
  const isSpaced = mayHaveSeveralSpaces(principal);
  const key = `${isSpaced ? "spaced" : ""} ${named} ${shownKey(state, principal, scopes)}`;
  const known = state.lists.get(key);
  if (known !== undefined) return known;
  const { gate } = state.deps;
  const list = appList(state, named, state.all.filter(({ tool }) => gate.shows(tool, principal)), isSpaced);
  state.lists.set(key, list);
  return list;
}

function shownKey(
  { all, deps, shownKeys }: State,
  principal: Principal,
  scopes: ReadonlySet<string>,
): string {
  let key = shownKeys.get(scopes);
  if (key === undefined) {
    key = all.map(({ tool }) => deps.gate.shows(tool, principal) ? "1" : "0").join("");
    shownKeys.set(scopes, key);
  }
  return key;
}

/** The list of a person's own token. */
function ownList({ all, deps: { profiles }, ownLists }: State, profile: string): ToolList {
  let list = ownLists.get(profile);
  if (list === undefined) {
    // Without profiles there is nothing to choose by.
    const held = all.filter(profiles.has(profile) ? ({ tool }) => profiles.holds(profile, tool) : isOfModule);
    list = toolList(held, true);
    ownLists.set(profile, list);
  }
  return list;
}

/**
 * The list of a connected app whose scopes show these tools. Without a profile these are the profiles of its groups, which hold all
 * of the groups' modules together; where that is more than a client takes, the usual tools and the general ones for all the rest.
 */
function appList(
  { deps: { profiles } }: State,
  named: string,
  shown: readonly ListedTool[],
  isSpaced: boolean,
): ToolList {
  const ofModules = shown.filter(isOfModule);
  const accesses = new Set(ofModules.map(({ tool }) => tool.access));
  // A general tool that could only be refused is not shown.
  const useful = shown.filter(({ tool }) => tool.standsFor === undefined || accesses.has(tool.access));
  const within = (...names: readonly string[]) =>
    toolList(
      withTelling(useful, ({ tool }) => names.some((name) => profiles.holds(name, tool))),
      isSpaced,
    );
  if (profiles.has(named)) return within(named);
  const canBeShort = profiles.has(COMPACT_PROFILE);
  for (const hasRoom of [true, false]) {
    const own = withTelling(shown, isOfModule, hasRoom);
    if (canBeShort && own.length > MAX_LISTED_TOOLS) continue;
    const list = toolList(own, isSpaced);
    if (!canBeShort || listingTokens(list.tools) <= MAX_LISTED_TOKENS) return list;
  }
  return within(START_PROFILE, COMPACT_PROFILE);
}

/** The chosen tools. Where one of them changes something, those that tell what became of a change, or take it back, as well. */
function withTelling(
  shown: readonly ListedTool[],
  isChosen: (listed: ListedTool) => boolean,
  hasRoom = true,
): readonly ListedTool[] {
  const mayWrite = shown.some((listed) => listed.tool.access !== "read" && isChosen(listed));
  const isTelling = ({ tool: { isForWriters } }: ListedTool) =>
    mayWrite && (isForWriters === true || (hasRoom && isForWriters !== undefined));
  return shown.filter((listed) => isChosen(listed) || isTelling(listed));
}

function isOfModule({ tool }: ListedTool): boolean {
  return tool.scope !== "general";
}

/** Whether the caller may have more than one space: also where the auth service does not say how many a grant opens. */
function mayHaveSeveralSpaces({ client }: Principal): boolean {
  return client?.spaceCount === undefined || client.spaceCount > 1;
}

/** One connected client of one person, at one address; its tokens come and go. */
function clientKey(principal: Principal, { id }: ConnectedClient, profile: string | null): string {
  return `${principalKey(principal)} ${id} ${profile ?? ""}`;
}

function toolList(listed: readonly ListedTool[], isSpaced: boolean): ToolList {
  const tools = listed.map(({ listing, spacedListing }) => isSpaced ? spacedListing : listing);
  const toolsJson = asciiJson(tools);
  const etag = hash("sha256", toolsJson, "hex").slice(0, ETAG_DIGITS);
  return Object.freeze({
    tools: Object.freeze(tools),
    meta: Object.freeze({ "mana/etag": etag }),
    toolsJson,
    etagJson: JSON.stringify(etag),
  });
}

/** JSON of ASCII characters alone: the server copies such text as it is, and has to take apart any other. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
