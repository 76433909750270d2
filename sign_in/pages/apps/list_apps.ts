// The connected apps of a person as the page shows them, and those whose connection ended by itself.
import type { AskGateway } from "../../gateway/ask_gateway.ts";
import { ENDED_GRANT_SHOWN_MS } from "../../kit/limits.ts";
import type { ClientStore } from "../../oauth/clients/client_store.ts";
import { appKeyOf, isSameApp, type KnownApp } from "../../oauth/clients/is_same_app.ts";
import type { Grant } from "../../oauth/grants/grant.ts";
import type { GrantUses } from "../../oauth/grants/grant_uses.ts";
import type { SignedIn, Space } from "../../people/people.ts";
import { askTags, learnCounts, namesOf, NOTHING_KNOWN } from "../access/known_records.ts";
import { placeWord, spaceWord } from "../format_values.ts";
import type { ConnectedApp } from "./apps_page.tsx";
import type { EndedApp } from "./ended_card.tsx";
import { narrowedLines } from "./narrowed_lines.ts";
import { type ChangeGrantDeps, chosenOf, offerOf, type RefusedChange } from "./change_grant.ts";

/** Lists both. `spaces`: of the person; `undefined`: they cannot be asked for now, so that nothing can be chosen. */
export async function listApps(
  deps: ListAppsDeps,
  person: SignedIn,
  spaces: readonly Space[] | undefined,
  { refused, countToken }: ListedForm,
): Promise<ListedApps> {
  const { userId } = person;
  const names = new Map(spaces?.map((space) => [space.id, spaceWord(space)]));
  const live = await Promise.all(
    (await deps.grants.listLive(userId)).map(async (grant) => ({
      grant,
      client: await deps.clients.find(grant.clientId) ?? grant.app,
    })),
  );
  const offered = live.map(({ grant, client }) => ({
    grant,
    client,
    offer: spaces && offerOf(deps, spaces, grant),
  }));
  const tags = await askTags(deps, person, offered.flatMap(({ offer }) => offer?.narrowable ?? []));
  const connected = await Promise.all(offered.map(async ({ grant, client, offer }): Promise<ConnectedApp> => {
    const isRefused = refused?.grantId === grant.id;
    const chosen = isRefused ? refused.chosen : offer && chosenOf(grant, offer);
    const counted = isRefused ? refused.counted : undefined;
    const records = offer && chosen
      ? await learnCounts(deps, person, { offer, chosen, counted, zone: grant.zoneinfo }, tags)
      : NOTHING_KNOWN;
    const narrowable = deps.words.narrowable(grant.permissions);
    return {
      grant,
      ...wordsOf(client),
      activity: activityOf(deps, client),
      uses: await deps.uses.listFor(grant.id),
      spaces: spaces === undefined
        ? grant.spaces.slice(0, 1).map(() => `${grant.spaces.length} of your spaces`)
        : grant.spaces.map((id) => names.get(id) ?? "a space you have left"),
      narrowed: narrowedLines(grant, narrowable, namesOf(records, offer?.spaces ?? [])),
      offer,
      chosen,
      records,
      count: countToken === undefined ? undefined : { token: countToken, zone: grant.zoneinfo },
      isOpen: isRefused,
    };
  }));
  return { connected, ended: await listEnded(deps, userId, live.map(({ client }) => client)) };
}

/** The form on the page. */
export interface ListedForm {
  readonly refused?: RefusedChange | undefined;
  /** Of the script that counts; `undefined`: nobody can count. */
  readonly countToken: string | undefined;
}

/** What the lists need. */
export interface ListAppsDeps extends ChangeGrantDeps {
  readonly clients: ClientStore;
  readonly uses: GrantUses;
  /** By which the pages show what apps did; `undefined`: there are no such pages. */
  readonly gateway: AskGateway | undefined;
  readonly now: () => number;
}

/** Both lists. */
export interface ListedApps {
  readonly connected: readonly ConnectedApp[];
  readonly ended: readonly EndedApp[];
}

/** Apps that are connected again are left out, and each app is there once, with its newest end. */
async function listEnded(
  deps: ListAppsDeps,
  userId: string,
  live: readonly (KnownApp | undefined)[],
): Promise<readonly EndedApp[]> {
  const shown = live.filter((client) => client !== undefined);
  const ended: EndedApp[] = [];
  for (const grant of await deps.grants.listEnded(userId, deps.now() - ENDED_GRANT_SHOWN_MS)) {
    const client = grant.app ?? await deps.clients.find(grant.clientId);
    if (client === undefined || shown.some((other) => isSameApp(client, other))) continue;
    shown.push(client);
    ended.push({
      id: grant.id,
      ...wordsOf(client),
      activity: activityOf(deps, client),
      endedAt: endOf(grant),
    });
  }
  return ended;
}

function endOf({ revokedAt, createdAt }: Grant): number {
  return revokedAt ?? createdAt;
}

/** The key of an app in the addresses of the pages of what it did. */
function activityOf({ gateway }: ListAppsDeps, client: KnownApp | undefined): string | undefined {
  return gateway === undefined || client === undefined ? undefined : appKeyOf(client);
}

function wordsOf(client: KnownApp | undefined): { readonly name: string; readonly place: string } {
  const address = client?.redirectUris[0];
  return { name: client?.name ?? "An app", place: address === undefined ? "unknown" : placeWord(address) };
}
