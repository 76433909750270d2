// Which tools a caller is shown, as text that is made once. Whether a tool may be shown is the gate's to say.
import { hash } from "node:crypto";
import { createBoundedCache } from "../../kit/bounded_cache.ts";
import { type ConnectedClient, type Principal, principalKey } from "../../people/principal.ts";
import type { Gate } from "../../policy/gate.ts";
import type { ToolListing, ToolRegistry } from "../../tool/tool_registry.ts";

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
  /** The list that a caller gets, who has it from now on. */
  listFor(principal: Principal): ToolList;
  /**
   * Whether a connected client has another list than it would get now, because the person changed what it may do, or because
   * there is more than one space to choose from now, or no longer. The list of a person's own token never changes.
   */
  isOutdated(principal: Principal): boolean;
  /** Notes that a client was told to ask for its list again. */
  noteTold(principal: Principal): void;
}

/** Lists kept at once: people choose among a handful of sets of scopes, and made-up ones must not fill the memory. */
const MAX_LISTS = 256;
/** Clients whose list is known. The client that was given its list longest ago is forgotten. */
const MAX_LISTED_CLIENTS = 20_000;
/** Hex digits of an etag. */
const ETAG_DIGITS = 16;

/** Creates the lists. What a caller may not use is not shown. */
export function createToolLists(
  deps: { readonly registry: ToolRegistry; readonly gate: Pick<Gate, "shows"> },
): ToolLists {
  const all = deps.registry.list();
  const listsByTools = createBoundedCache<ToolList>(MAX_LISTS);
  const wholeList = toolList(all.map(({ spacedListing }) => spacedListing));
  /** The list that each connected client has. */
  const listsOfClients = createBoundedCache<ToolList>(MAX_LISTED_CLIENTS);

  const currentList = (principal: Principal): ToolList => {
    // A person's own token is shown everything, which is the most frequent list by far. How many spaces the person has is not
    // known without asking, and `space` costs nobody anything who has one.
    if (principal.scopes === null) return wholeList;
    const isSpaced = mayHaveSeveralSpaces(principal);
    let key = isSpaced ? "spaced " : "";
    for (const { tool } of all) key += deps.gate.shows(tool, principal) ? "1" : "0";
    const known = listsByTools.get(key);
    if (known !== undefined) return known;
    const shown = all.filter(({ tool }) => deps.gate.shows(tool, principal));
    const list = toolList(shown.map(({ listing, spacedListing }) => isSpaced ? spacedListing : listing));
    listsByTools.set(key, list);
    return list;
  };

  const giveList = (principal: Principal): ToolList => {
    const list = currentList(principal);
    if (principal.client !== null) listsOfClients.set(clientKey(principal, principal.client), list);
    return list;
  };

  return Object.freeze({
    listFor: giveList,
    isOutdated(principal: Principal): boolean {
      if (principal.client === null) return false;
      const list = listsOfClients.peek(clientKey(principal, principal.client));
      return list !== undefined && list.etagJson !== currentList(principal).etagJson;
    },
    noteTold: (principal: Principal) => void giveList(principal),
  });
}

/** Whether the caller may have more than one space: also where the auth service does not say how many a grant opens. */
function mayHaveSeveralSpaces({ client }: Principal): boolean {
  return client?.spaceCount === undefined || client.spaceCount > 1;
}

/** One connected client of one person; its tokens come and go. */
function clientKey(principal: Principal, { id }: ConnectedClient): string {
  return `${principalKey(principal)} ${id}`;
}

function toolList(tools: readonly ToolListing[]): ToolList {
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
