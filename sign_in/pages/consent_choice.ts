// The choice on the consent page: as it is before the person looks, and as they send it.
import { type EarlierChoice, tickedPermissions } from "../oauth/authorize/earlier_choice.ts";
import type { AuthorizationRequest } from "../oauth/authorize/authorization_request.ts";
import type { Grant } from "../oauth/grants/grant.ts";
import type { GrantStore } from "../oauth/grants/grant_store.ts";
import type { ScopeList } from "../oauth/grants/scopes.ts";
import { type AccessOffer, readAccess } from "./access/access_fields.ts";
import { storedNarrowing } from "./access/narrowing_fields.ts";
import { presetOf } from "./access/presets.ts";
import type { ConsentFields } from "./consent_page.tsx";
import { DURATIONS } from "./format_values.ts";
import type { Problem } from "./layout.tsx";
import { readZone, storedZone } from "./zone_control.tsx";

/**
 * The choice that is shown before the person looks: that of the last time, if there was one. The time zone is the person's,
 * so that it may come from another app's connection.
 */
export async function choiceBeforehand(
  { grants, scopeList }: ChoiceDeps,
  { userId, request, earlier, offer }: ChoiceOffered,
): Promise<ConsentFields> {
  const zones = (await grants.listEver(userId)).map(({ zoneinfo }) => zoneinfo);
  const spaces = request.spaces.length > 0 ? request.spaces : earlier?.grant.spaces ?? [];
  const permissions = tickedPermissions(request, earlier, scopeList);
  const narrowing = storedNarrowing(earlier?.grant);
  return {
    preset: presetOf(permissions, narrowing.modules, offer),
    permissions,
    where: spaces.length === 0 ? "all" : "some",
    spaces,
    profile: earlier?.grant.toolProfile,
    askFirst: earlier?.grant.askFirst ?? false,
    narrowing,
    until: earlier === undefined ? "month" : durationOf(earlier.grant),
    keepsOthers: false,
    zone: storedZone(earlier?.grant.zoneinfo ?? zones.find((zone) => zone !== undefined)),
  };
}

/** What earlier choices are read with. */
export interface ChoiceDeps {
  readonly grants: Pick<GrantStore, "listEver">;
  readonly scopeList: ScopeList;
}

/** Who chooses, among what. */
export interface ChoiceOffered {
  readonly userId: string;
  readonly request: AuthorizationRequest;
  readonly earlier: EarlierChoice | undefined;
  readonly offer: AccessOffer;
}

/** How long the person let the app stay connected, by name. */
function durationOf({ createdAt, expiresAt }: Grant): string {
  const ms = expiresAt === undefined ? undefined : expiresAt - createdAt;
  const isSame = (other: number | undefined) =>
    other === ms || (other !== undefined && ms !== undefined && Math.abs(other - ms) < 60_000);
  return DURATIONS.find((duration) => isSame(duration.ms))?.name ?? "month";
}

/** The choice of a form. */
export function readChoice(form: URLSearchParams, offer: AccessOffer): ConsentFields {
  return {
    ...readAccess(form, offer),
    until: DURATIONS.find(({ name }) => name === form.get("until"))?.name ?? "",
    keepsOthers: form.get("keep") === "yes",
    zone: readZone(form),
  };
}

/** The fault of a choice without an end. */
export function untilProblems({ until }: ConsentFields): readonly Problem[] {
  return until === "" ? [{ text: "Choose until when the app may stay connected.", field: "until" }] : [];
}
