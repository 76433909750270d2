import type { Clock } from "../kit/clock.ts";
import { z } from "zod";
import { Refused } from "../kit/errors.ts";
import {
  MEMBERSHIP_CACHE_ENTRIES,
  MEMBERSHIP_CACHE_MS,
  MEMBERSHIP_COOLDOWN_MS,
  MEMBERSHIP_RENEWAL_MS,
} from "../kit/limits.ts";
import { grantedSpaces } from "../people/scopes.ts";
import type { Secret } from "../kit/secret.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import type { ServiceClient } from "../services/service_client.ts";
import { createExpiringCache } from "../kit/expiring_cache.ts";
import { bearerOf, type Caller, principalKey } from "../people/principal.ts";
import { createSingleFlight } from "../kit/single_flight.ts";
import {
  chooseSpace,
  type Directory,
  SPACE_TYPES,
  type SpaceChoice,
  type SpaceEntry,
} from "./choose_space.ts";

/** Dependencies of {@link createSpaces}. */
export interface SpacesDeps {
  readonly services: ServiceClient;
  readonly authUrl: string;
  /** For memberships where the list refuses a JWT; null when the operator set none. */
  readonly serviceKey: Secret<string> | null;
  readonly clock: Clock;
}

/** The choice of a space together with what it was chosen from. */
export interface ResolvedSpace {
  /**
   * The space, or why none could be chosen: `spaces-untold`, `space-not-member`, `space-not-granted`, `space-grant-over` or
   * `space-choice-needed`.
   */
  readonly choice: SpaceChoice;
  readonly directory: Directory;
  /** Changes whenever the set of memberships changes: older rows of a joined space come only with a full pull. */
  readonly membershipVersion: string;
}

/** Answers which spaces a person has and which one a call works in. */
export interface Spaces {
  /**
   * At once where the answer to the usual question, a whole token and no space named, was found a moment ago. Rejects with
   * Refused `upstream-failed` or `upstream-token-refused` when membership cannot be known: never a guess.
   */
  resolve(caller: Caller, requested: string | null): ResolvedSpace | Promise<ResolvedSpace>;
  /** Whether the auth service refused its list to the last token that was asked with, and no service key is there to ask with. */
  isUntold(): boolean;
}

const Type = z.enum(SPACE_TYPES);
const Organization = z.object({
  id: z.string().min(1).max(256),
  name: z.string().optional(),
  slug: z.string().nullish(),
  // An object, or the same as a JSON string (contract: auth-vault section 4).
  metadata: z.unknown(),
});
const OrganizationList = z.array(Organization).max(10_000);
const Memberships = z.object({
  memberships: z.array(z.object({ organizationId: z.string().min(1).max(256), role: z.string().max(64) }))
    .max(10_000),
});

interface Entry {
  readonly directory: Directory;
  readonly membershipVersion: string;
  readonly at: number;
  /** The answer to the usual question, a whole token and no space named, once it was asked. */
  usual?: ResolvedSpace;
  /** Whether it was looked up anew before its time was over: once, so that a service that is down is not asked by every call. */
  isRenewed: boolean;
}

/**
 * Creates the directory of spaces, cached per person for {@link MEMBERSHIP_CACHE_MS}, one look-up in flight each. A renewal
 * lengthens nothing: when it fails, what is known ends at its time, and the next call waits for a look-up and what it says.
 */
export function createSpaces(deps: SpacesDeps): Spaces {
  const entries = createExpiringCache<Entry>({ clock: deps.clock, maxEntries: MEMBERSHIP_CACHE_ENTRIES });
  /** By token, not by person: what the service says of one token it need not say of the person's next. */
  const singleFlight = createSingleFlight<Entry>();
  let listTakesTokens = false;
  let isUntold = false;

  const load = (caller: Caller, key: string, tally?: RequestTally): Promise<Entry> =>
    singleFlight(caller.token.reveal(), async () => {
      const directory = await fetchDirectory(deps, caller, tally, listTakesTokens);
      if (directory.source === "list") listTakesTokens = true;
      isUntold = directory.source === "none";
      const membershipVersion = directory.spaces.map(({ id }) => id).sort().join("\n");
      const entry: Entry = { directory, membershipVersion, at: deps.clock.calendar(), isRenewed: false };
      entries.set(key, entry, entry.at + MEMBERSHIP_CACHE_MS);
      return entry;
    });

  /** Nobody waits for it, so that it is part of nobody's trace; a failure is counted with the other requests to the service. */
  const renew = (caller: Caller, key: string, known: Entry): void => {
    if (known.isRenewed || deps.clock.calendar() - known.at < MEMBERSHIP_CACHE_MS - MEMBERSHIP_RENEWAL_MS) {
      return;
    }
    known.isRenewed = true;
    load(caller, key).catch(() => {});
  };

  const resolve = async (
    caller: Caller,
    key: string,
    known: Entry | undefined,
    requested: string | null,
  ): Promise<ResolvedSpace> => {
    const { subject, scopes } = caller.principal;
    let entry = known ?? await load(caller, key, caller.tally);
    const granted = grantedSpaces(scopes);
    let choice = chooseSpace(entry.directory, subject, requested, granted);
    if (
      mayBeOutdated(choice, entry.directory, requested, granted) &&
      deps.clock.calendar() - entry.at >= MEMBERSHIP_COOLDOWN_MS
    ) {
      entry = await load(caller, key, caller.tally);
      choice = chooseSpace(entry.directory, subject, requested, granted);
    }
    const { directory, membershipVersion } = entry;
    // A client sees only what it was given, in lists as well.
    const visible = granted === null
      ? directory
      : { ...directory, spaces: directory.spaces.filter(({ id }) => granted.has(id)) };
    const resolved = { choice, directory: visible, membershipVersion };
    if (isUsual(caller, requested)) entry.usual = resolved;
    return noted(caller, resolved);
  };

  return Object.freeze({
    resolve(caller: Caller, requested: string | null): ResolvedSpace | Promise<ResolvedSpace> {
      const key = principalKey(caller.principal);
      const known = entries.get(key);
      if (known !== undefined) renew(caller, key, known);
      return known?.usual !== undefined && isUsual(caller, requested)
        ? noted(caller, known.usual)
        : resolve(caller, key, known, requested);
    },
    isUntold: () => isUntold,
  });
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
  if (!choice.ok) return ["space-not-member", "space-grant-over"].includes(choice.refusal.reason);
  if (requested !== null || granted === null || choice.space.kind === "personal") return false;
  const known = new Set(spaces.map(({ id }) => id));
  return [...granted].some((id) => !known.has(id));
}

function isUsual({ principal }: Caller, requested: string | null): boolean {
  return requested === null && principal.scopes === null;
}

function noted(caller: Caller, resolved: ResolvedSpace): ResolvedSpace {
  if (resolved.choice.ok) caller.tally.inSpace(resolved.choice.space.id);
  return resolved;
}

async function fetchDirectory(
  deps: SpacesDeps,
  caller: Caller,
  tally: RequestTally | undefined,
  listTakesTokens: boolean,
): Promise<Directory> {
  const timed = tally === undefined ? {} : { tally };
  const list = await deps.services.send({
    service: "auth",
    url: `${deps.authUrl}/api/auth/organization/list`,
    headers: bearerOf(caller),
    ...timed,
  });
  if (list.status === 200) {
    const parsed = OrganizationList.safeParse(list.json);
    if (!parsed.success) {
      throw new Refused({ reason: "upstream-failed", upstream: "auth", fault: "malformed" });
    }
    return { source: "list", spaces: parsed.data.map(toEntry) };
  }
  if (list.status !== 401) {
    throw new Refused({
      reason: "upstream-failed",
      upstream: "auth",
      fault: "rejected",
      status: list.status,
    });
  }
  // The real service takes only a cookie here (auth-vault section 2): the 401 says nothing about the person's token,
  // which was verified before. Where it took a token once, or this one has just ended, it does: taken for "no list", it
  // would hide the person's space and write into another one for as long as the answer is believed.
  if (listTakesTokens || caller.principal.expiresAt * 1000 <= deps.clock.calendar()) {
    throw new Refused({ reason: "upstream-token-refused", upstream: "auth" });
  }
  if (deps.serviceKey === null) return { source: "none", spaces: [] };
  const answer = await deps.services.send({
    service: "auth",
    url: `${deps.authUrl}/api/v1/internal/users/${encodeURIComponent(caller.principal.subject)}/memberships`,
    headers: { "x-service-key": deps.serviceKey.reveal() },
    ...timed,
  });
  if (answer.status !== 200) {
    throw new Refused({
      reason: "upstream-failed",
      upstream: "auth",
      fault: "rejected",
      status: answer.status,
    });
  }
  const parsed = Memberships.safeParse(answer.json);
  if (!parsed.success) throw new Refused({ reason: "upstream-failed", upstream: "auth", fault: "malformed" });
  return {
    source: "memberships",
    spaces: parsed.data.memberships.map(({ organizationId, role }) => ({ id: organizationId, role })),
  };
}

function toEntry(organization: z.infer<typeof Organization>): SpaceEntry {
  const type = Type.safeParse(member(organization.metadata, "type"));
  return {
    id: organization.id,
    ...(organization.name === undefined ? {} : { name: organization.name.toWellFormed() }),
    ...(organization.slug ? { slug: organization.slug.toWellFormed() } : {}),
    ...(type.success ? { type: type.data } : {}),
  };
}

function member(value: unknown, name: string): unknown {
  let object = value;
  if (typeof object === "string") {
    try {
      object = JSON.parse(object);
    } catch {
      return undefined;
    }
  }
  return typeof object === "object" && object !== null ? Reflect.get(object, name) : undefined;
}
