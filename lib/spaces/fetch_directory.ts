// Asks the auth service which spaces a person has: its list, or the memberships where the list takes no token. Nothing is kept
// here; spaces.ts does. Contract: auth-vault sections 2 and 4.
import { z } from "zod";
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import type { Secret } from "../kit/secret.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import { bearerOf, type Caller } from "../people/principal.ts";
import type { ServiceClient } from "../services/service_client.ts";
import { type Directory, SPACE_TYPES, type SpaceEntry } from "./choose_space.ts";

/** What the service is asked with. */
export interface FetchDirectoryDeps {
  readonly services: ServiceClient;
  readonly authUrl: string;
  /** For memberships where the list refuses a JWT; null when the operator set none. */
  readonly serviceKey: Secret<string> | null;
  readonly clock: Clock;
}

/**
 * The person's spaces as far as the service tells. `listTakesTokens`: the list has taken a token before, so that a 401 is about
 * this one. Throws Refused `upstream-failed` or `upstream-token-refused`.
 */
export async function fetchDirectory(
  deps: FetchDirectoryDeps,
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
