// Asks which spaces a person has: the sign-in server for a connected client; else the auth service, by its list, or by the
// memberships where the list takes no token. Nothing is kept here; spaces.ts does. Contract: auth-vault sections 2, 4 and 12.
import { z } from "zod";
import { Refused } from "../kit/errors.ts";
import type { ServiceName } from "../kit/services.ts";
import type { RequestTally } from "../observe/request_tally.ts";
import { bearerOf, type Caller } from "../people/principal.ts";
import type { KeyedService } from "../services/keyed_service.ts";
import type { ServiceAnswer } from "../services/service_client.ts";
import { unusableAnswer } from "../services/unusable_answer.ts";
import { type Directory, SPACE_TYPES, type SpaceEntry } from "./choose_space.ts";

/**
 * The spaces of a person whose connected client calls, as a separate sign-in server tells them: all of the person's, since the
 * token says which of them the client was given. The grant is named by its id, with the gateway's key and no token. Throws
 * Refused `token-revoked` for a grant that is over, or `upstream-failed`.
 */
export async function fetchGrantDirectory(
  signInServer: KeyedService,
  grantId: string,
  tally: RequestTally | undefined,
): Promise<Directory> {
  const { services, name, url, serviceKey } = signInServer;
  const answer = await services.send({
    service: name,
    url: `${url}/api/v1/internal/grants/${encodeURIComponent(grantId)}/spaces`,
    headers: serviceKey === null ? {} : { "x-service-key": serviceKey.reveal() },
    ...(tally === undefined ? {} : { tally }),
  });
  if (answer.status === 404) throw new Refused({ reason: "token-revoked" });
  return readList(name, answer);
}

/**
 * The person's spaces as far as the auth service tells. `listTakesTokens`: the list has taken a token before, so that a 401 is
 * about this one. Throws Refused `upstream-failed` or `upstream-token-refused`.
 */
export async function fetchDirectory(
  authService: KeyedService,
  caller: Caller,
  tally: RequestTally | undefined,
  listTakesTokens: boolean,
): Promise<Directory> {
  const { services, name: service, url, serviceKey, clock } = authService;
  const timed = tally === undefined ? {} : { tally };
  const list = await services.send({
    service,
    url: `${url}/api/auth/organization/list`,
    headers: bearerOf(caller),
    ...timed,
  });
  if (list.status !== 401) return readList(service, list);
  // The real service takes only a cookie here (auth-vault section 2): the 401 says nothing about the person's token,
  // which was verified before. Where it took a token once, or this one has just ended, it does: taken for "no list", it
  // would hide the person's space and write into another one for as long as the answer is believed.
  if (listTakesTokens || caller.principal.expiresAt * 1000 <= clock.calendar()) {
    throw new Refused({ reason: "upstream-token-refused", upstream: service });
  }
  if (serviceKey === null) return { source: "none", spaces: [] };
  const answer = await services.send({
    service,
    url: `${url}/api/v1/internal/users/${encodeURIComponent(caller.principal.subject)}/memberships`,
    headers: { "x-service-key": serviceKey.reveal() },
    ...timed,
  });
  const parsed = Memberships.safeParse(answer.json);
  if (answer.status !== 200 || !parsed.success) throw new Refused(unusableAnswer(service, answer));
  return {
    source: "memberships",
    spaces: parsed.data.memberships.map(({ organizationId, role }) => ({ id: organizationId, role })),
  };
}

function readList(service: ServiceName, answer: ServiceAnswer): Directory {
  const parsed = OrganizationList.safeParse(answer.json);
  if (answer.status !== 200 || !parsed.success) throw new Refused(unusableAnswer(service, answer));
  return { source: "list", spaces: parsed.data.map(toEntry) };
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
