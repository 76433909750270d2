// A grant: what one person allowed one app. The shape, and how it is read from a row of `grants`.
// Writes nothing: grant_store.ts and authorization_codes.ts do.
import type { EndReason } from "../../people/people.ts";
import { z } from "zod";
import type { KnownApp } from "../clients/is_same_app.ts";
import { readNarrowing, type StoredNarrowing } from "./narrowing.ts";
import type { Permission, ScopeList, Scopes } from "./scopes.ts";

/** What one person allowed one app, as they chose it. Times are milliseconds since 1970. */
export interface Grant extends Scopes {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  /** The app as it was when it was connected: its client may be forgotten since. `undefined` in rows of earlier versions. */
  readonly app: KnownApp | undefined;
  /** Permissions that the app had asked for. It never gets more, and hears no complaint for asking for them again. */
  readonly requested: readonly Permission[];
  /** Spaces that the app named; it never gets others. Empty: it named none. */
  readonly requestedSpaces: readonly string[];
  /** Audiences of its tokens (RFC 8707). */
  readonly gatewayAddresses: readonly string[];
  readonly createdAt: number;
  /** When the app redeemed its code; before that there is nothing to use. */
  readonly activatedAt: number | undefined;
  /** `undefined`: until the person takes it back. */
  readonly expiresAt: number | undefined;
  readonly revokedAt: number | undefined;
  /** When the app last came with a token of this grant, whether it was accepted or not. */
  readonly lastUsedAt: number | undefined;
  /**
   * Raised by each change of permissions or spaces. A token carries the version it was made under, so that the app has to fetch a token
   * that says what it may do now. What introspection tells beside the scopes needs no other token.
   */
  readonly version: number;
  /** Raised by each change that the person makes: an old window must not write over a newer one. */
  readonly revision: number;
  /** Whether other connections of the same app stay when this one is made: it is on another computer. */
  readonly keepsOthers: boolean;
  /** IANA time zone of the person, as they chose it or their browser told it; `undefined`: not told. */
  readonly zoneinfo: string | undefined;
  /** The profile of tools that the app is shown, as the person picked it; `undefined`: by what it was allowed. */
  readonly toolProfile: string | undefined;
  /** Whether the person is asked, on their page, before each change that the app makes. */
  readonly askFirst: boolean;
  /** What the person narrowed within the permissions; `undefined`: nothing. */
  readonly narrowing: StoredNarrowing;
  /** How many records an hour the app may open; `undefined`: the gateway's own number. */
  readonly readBudget: number | undefined;
  /** Whether the person wants nothing opened that cannot be noted in their ledger: a wish for all their apps (ledger_wishes.ts). */
  readonly ledger: "strict" | undefined;
  /** Why it ended without the person at this server. */
  readonly endedBecause: EndReason | undefined;
}

/** Makes a grant of a row. Permissions that no module has any more are left out: nobody is allowed them. */
export function toGrant(scopeList: ScopeList, row: GrantRow): Grant {
  return {
    id: row.id,
    userId: row.user_id,
    clientId: row.client_id,
    app: row.client_name === undefined
      ? undefined
      : { id: row.client_id, name: row.client_name, redirectUris: row.client_redirects },
    requested: scopeList.parse(row.requested).permissions,
    permissions: scopeList.parse(row.permissions).permissions,
    spaces: row.spaces,
    offline: row.offline === 1,
    gatewayAddresses: row.resources,
    createdAt: row.created_at,
    activatedAt: row.activated_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    requestedSpaces: row.requested_spaces,
    version: row.version,
    lastUsedAt: row.last_used_at,
    keepsOthers: row.keeps_others === 1,
    zoneinfo: row.zoneinfo,
    toolProfile: row.tool_profile,
    askFirst: row.ask_first !== null,
    revision: row.revision,
    narrowing: row.narrowing,
    readBudget: row.read_budget,
    ledger: row.ledger === null ? undefined : "strict",
    endedBecause: row.ended_because,
  };
}

const words = z.string().transform((text) => text.split(" ").filter(Boolean));
const word = z.string().nullable().transform((text) => text ?? undefined);
const number = z.number().nullable().transform((value) => value ?? undefined);

/** A row of `grants`. */
export const GrantRow = z.object({
  id: z.string(),
  user_id: z.string(),
  client_id: z.string(),
  requested: z.string(),
  permissions: z.string(),
  spaces: words,
  offline: z.number(),
  resources: words,
  created_at: z.number(),
  redeemed_at: number,
  activated_at: number,
  expires_at: number,
  revoked_at: number,
  requested_spaces: words,
  version: z.number(),
  last_used_at: number,
  keeps_others: z.number(),
  zoneinfo: word,
  tool_profile: word,
  // A word that this version does not know asks as well: it was written because the person wanted to be asked.
  ask_first: z.string().nullable(),
  revision: z.number(),
  narrowing: z.string().nullable().transform(readNarrowing),
  read_budget: number,
  // A wish of another word is one to be careful: it was written because the person wanted it.
  ledger: z.string().nullable(),
  client_name: word,
  client_redirects: z.string().nullable().transform((text) => text ?? "").pipe(words),
  ended_because: z.literal("session-over").nullable().transform((reason) => reason ?? undefined),
});
/** A row of `grants`, its lists of words parsed. */
export type GrantRow = z.infer<typeof GrantRow>;
