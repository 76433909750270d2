// What a person changes of a connection on the page of apps: less, more, or its end.
import type { AskGateway } from "../../gateway/ask_gateway.ts";
import type { Grant } from "../../oauth/grants/grant.ts";
import type { GrantStore } from "../../oauth/grants/grant_store.ts";
import type { ScopeList } from "../../oauth/grants/scopes.ts";
import type { EndGrant, People, Space } from "../../people/people.ts";
import {
  type AccessFields,
  type AccessOffer,
  accessProblems,
  allowedPermissions,
  createOffer,
  grantedNarrowing,
  grantedSpaces,
  narrowingProblems,
  readAccess,
  shownAgain,
} from "../access/access_fields.ts";
import { offeredSpaces } from "../access/offered_spaces.ts";
import type { PermissionWords } from "../access/permission_words.ts";
import { asStored, type NarrowingFields, storedNarrowing } from "../access/narrowing_fields.ts";
import { presetOf } from "../access/presets.ts";
import type { Problem } from "../layout.tsx";
import type { Person } from "../read_person.ts";

/**
 * Ends a connection, lets the app only look, or gives it the ticked permissions. The first two take rights away and are
 * done whatever changed meanwhile. Ticks can add rights: they are taken only where the page showed the present revision
 * of the grant. Otherwise an old window would give back rights that a newer window took away.
 *
 * @throws {PeopleFault} when the person's spaces are needed and cannot be asked for
 */
export async function changeGrant(
  deps: ChangeGrantDeps,
  person: Person,
  grant: Grant,
  form: URLSearchParams,
): Promise<RefusedChange | undefined> {
  if (form.has("end")) return void await deps.endGrant(grant.id);
  if (form.get("only") === "read") {
    if (!await deps.grants.keepReading(grant.id)) await deps.endGrant(grant.id);
    return undefined;
  }
  const counted = form.get("count") ?? undefined;
  if (!form.has("save") && counted === undefined) return undefined;
  const spaces = await deps.people.spacesOf({ kind: "session", ...person });
  const offer = offerOf(deps, spaces, grant);
  const fields = readAccess(form, offer);
  const shown = chosenOf(grant, offer);
  const { scopeList } = deps;
  const prefix = `${grant.id}-`;
  if (counted !== undefined) {
    return { grantId: grant.id, chosen: fields, problems: narrowingProblems(fields, prefix), counted };
  }
  const revision = Number(form.get("revision"));
  const changedMeanwhile: RefusedChange = {
    grantId: grant.id,
    chosen: shown,
    problems: [{
      text: "This was changed in another window meanwhile. It is shown as it is now.",
      field: `app-${grant.id}`,
    }],
  };
  if (revision !== grant.revision) return changedMeanwhile;
  const problems = accessProblems(fields, { offer, shown, scopeList, prefix });
  if (problems.length > 0) return { grantId: grant.id, chosen: shownAgain(fields, offer), problems };
  const isDone = await deps.grants.change(grant.id, revision, {
    permissions: allowedPermissions(fields, offer),
    spaces: grantedSpaces(fields),
    toolProfile: fields.profile,
    askFirst: fields.askFirst,
    ...storedChange(grantedNarrowing(fields, offer), offer),
    readBudget: fields.narrowing.readBudget ?? null,
  });
  return isDone ? undefined : changedMeanwhile;
}

/** What cannot be read stays as it is until the person narrows the app anew: it closes, and this form does not show it. */
function storedChange(modules: NarrowingFields["modules"], { isNarrowingLost }: AccessOffer) {
  const narrowing = asStored(modules) ?? null;
  return narrowing === null && isNarrowingLost ? {} : { narrowing };
}

/** What a change needs. */
export interface ChangeGrantDeps {
  readonly grants: GrantStore;
  readonly endGrant: EndGrant;
  readonly people: Pick<People, "spacesOf">;
  readonly scopeList: ScopeList;
  readonly words: PermissionWords;
  /** The way to the gateway; `undefined`: this server knows no gateway, and nobody can be asked on a page. */
  readonly gateway: AskGateway | undefined;
}

/** A choice that was not taken, and the reasons; without any, the person only asked how much it shows. */
export interface RefusedChange {
  readonly grantId: string;
  readonly chosen: AccessFields;
  readonly problems: readonly Problem[];
  /** The module whose records the person had counted. */
  readonly counted?: string;
}

/** The ticks on offer for a connected app: the scopes and spaces that it asked for when it was connected. */
export function offerOf(
  deps: Pick<ChangeGrantDeps, "scopeList" | "words" | "gateway">,
  spaces: readonly Space[],
  grant: Grant,
): AccessOffer {
  const { permissions, requested, requestedSpaces } = grant;
  return createOffer(deps, {
    permissions: deps.scopeList.permissions.filter((permission) =>
      requested.includes(permission) || permissions.includes(permission)
    ),
    spaces: offeredSpaces(spaces, requestedSpaces),
    canHaveAllSpaces: requestedSpaces.length === 0,
    canAskFirst: deps.gateway !== undefined,
    asked: [],
    narrowedBefore: storedNarrowing(grant).modules,
    isNarrowingLost: grant.narrowing === "unreadable",
  });
}

/** The ticks of a connection as it is. */
export function chosenOf(grant: Grant, offer: AccessOffer): AccessFields {
  const { permissions, spaces, toolProfile: profile, askFirst } = grant;
  const narrowing = storedNarrowing(grant);
  return {
    preset: presetOf(permissions, narrowing.modules, offer),
    permissions,
    where: spaces.length === 0 ? "all" : "some",
    spaces,
    profile,
    askFirst,
    narrowing,
  };
}
