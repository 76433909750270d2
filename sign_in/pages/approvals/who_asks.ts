// Who asks, as this server knows it: the name and the place that the app registered, and since when the person has it connected.
// What an app calls itself in a call is repeated for agents with the person's own token alone, and labelled so.
import type { GrantNow } from "../../gateway/actions.ts";
import type { DocumentOf } from "../../oauth/grants/records_document.ts";
import { AUTHORIZATION_DETAILS } from "../../oauth/oauth_answer.ts";
import { CLIENT_NAME_LENGTH } from "../../kit/limits.ts";
import { plainName } from "../../kit/plain_name.ts";
import type { ClientStore } from "../../oauth/clients/client_store.ts";
import type { Grant } from "../../oauth/grants/grant.ts";
import type { GrantStore } from "../../oauth/grants/grant_store.ts";
import type { ScopeList } from "../../oauth/grants/scopes.ts";
import type { SignedIn } from "../../people/people.ts";
import { placeWord } from "../format_values.ts";
import type { Approval } from "../../gateway/answers.ts";

/** Looks up who asks. A grant of somebody else counts as none. */
export async function findAsker(deps: AskerDeps, person: SignedIn, approval: AskedBy): Promise<Asker> {
  const ownWord = plainName(approval.clientName, CLIENT_NAME_LENGTH);
  if (approval.grantId === "") return { kind: "own-token", callsItself: ownWord };
  const grant = await ownGrant(deps, person, approval.grantId);
  const client = grant && await deps.clients.find(grant.clientId);
  if (grant === undefined || client === undefined) return { kind: "forgotten", name: ownWord || "An app" };
  const [address] = client.redirectUris;
  return {
    kind: "app",
    name: client.name,
    place: address === undefined ? "unknown" : placeWord(address),
    since: grant.createdAt,
    isLive: await deps.grants.findLive(grant.id) !== undefined,
  };
}

/** The part of an approval that says who asks. */
export type AskedBy = Pick<Approval, "grantId" | "clientName">;

/** Who asks. */
export type Asker =
  | {
    readonly kind: "app";
    /** The registered name. */
    readonly name: string;
    /** Where the app is, in words. */
    readonly place: string;
    readonly since: number;
    readonly isLive: boolean;
  }
  | { readonly kind: "own-token"; readonly callsItself: string }
  /** The connection ended so long ago that nothing of it is kept. */
  | { readonly kind: "forgotten"; readonly name: string };

/** What looking up an asker needs. */
export interface AskerDeps {
  readonly grants: GrantStore;
  readonly clients: ClientStore;
  readonly scopeList: ScopeList;
  readonly documentOf: DocumentOf;
}

/** Who asks, at the beginning of a sentence. */
export function askerWord(asker: Asker): string {
  return asker.kind === "own-token" ? "An agent with your own token" : `“${asker.name}”`;
}

/** The grant as it is now, for the gateway, which runs nothing for an app that lost it; null: the person's own token. */
export async function grantState(
  deps: AskerDeps,
  person: SignedIn,
  grantId: string,
): Promise<GrantNow | null> {
  if (grantId === "") return null;
  const grant = await deps.grants.findLive(grantId);
  if (grant?.userId !== person.userId) return { isLive: false, scope: "" };
  const document = deps.documentOf(grant);
  const details = document === undefined ? {} : { [AUTHORIZATION_DETAILS]: [document] };
  return { isLive: true, scope: deps.scopeList.format(grant), ...details };
}

async function ownGrant(
  { grants }: AskerDeps,
  { userId }: SignedIn,
  grantId: string,
): Promise<Grant | undefined> {
  const grant = await grants.find(grantId);
  return grant?.userId === userId ? grant : undefined;
}
