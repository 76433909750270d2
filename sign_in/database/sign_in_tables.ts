// The tables of sign-in that are ours, as kysely knows them; migrate_sign_in.ts makes them. better-auth's tables lie beside
// them in the same database: we read three of them and write none.
import type { Generated } from "kysely";

/**
 * Our tables of sign-in. Times are milliseconds since 1970, flags are 0 or 1, and lists are words separated by spaces, as
 * in OAuth.
 */
export interface SignInTables extends ProviderTables {
  /** What people allowed which apps. */
  grants: GrantsTable;
  /** People who want a ledger of another kind than the operator chose; no row: the operator's. */
  ledger_wishes: { user_id: string; wish: string };
  /** How often an app used a permission of its grant. */
  grant_uses: GrantUsesTable;
  /** Clients that registered themselves; `used_at` is set once somebody has connected the client. */
  client_registrations: ClientRegistrationsTable;
  /** Sessions of people at the auth service, as sealed cookies, where sign-in stands in front of an auth service. */
  auth_sessions: AuthSessionsTable;
  /** The auth service whose people lie in this database; no row: this server has people of its own, or none yet. */
  auth_services: { issuer: string };
  /** How many spaces each of them had when they were listed last. */
  space_counts: { user_id: string; count: number };
  /** Failed logins, by the hash of the address. */
  login_failures: { address: string; failed_at: number };
  /** Locked addresses, by their hash. */
  login_locks: { address: string; locked_until: number };
  /** What the database knows about itself: the version of these tables, and what was taken over. */
  sign_in_state: { name: string; value: number };
}

/** better-auth's tables of people and spaces, as far as we read them. A time is a text in SQLite. */
interface ProviderTables {
  user: { id: string };
  member: { id: string; organizationId: string; userId: string; role: string; createdAt: string | Date };
  organization: {
    id: string;
    name: string;
    slug: string;
    logo: string | null;
    metadata: string | null;
    createdAt: string | Date;
  };
}

interface GrantsTable {
  id: string;
  user_id: string;
  client_id: string;
  /** Permissions that the app had asked for. */
  requested: string;
  permissions: string;
  spaces: string;
  offline: number;
  /** Gateway addresses: the audiences of its tokens. */
  resources: string;
  request_hash: string;
  code_hash: string | null;
  created_at: number;
  redeemed_at: number | null;
  activated_at: number | null;
  expires_at: number | null;
  revoked_at: number | null;
  /** Spaces that the app named. */
  requested_spaces: string;
  /** Raised by each change of permissions or spaces. */
  version: Generated<number>;
  /** Raised by each change. */
  revision: Generated<number>;
  last_used_at: number | null;
  keeps_others: number;
  /** Why the grant ended without the person at this server; null: the person ended it, or it has not ended. */
  ended_because: string | null;
  /** IANA time zone of the person's browser. */
  zoneinfo: string | null;
  /** Name of the profile of tools that the app is shown. */
  tool_profile: string | null;
  /** The calls before which the person is asked on their page (grant_store.ts); null: none. */
  ask_first: string | null;
  /** What the person narrowed, as JSON (narrowing.ts); null: nothing. */
  narrowing: string | null;
  /** Records an hour that the app may open; null: the gateway's own number. */
  read_budget: number | null;
  /** The app's name when it was connected; null in rows of earlier versions. */
  client_name: string | null;
  /** Its redirect addresses then. */
  client_redirects: string | null;
}

interface AuthSessionsTable {
  /** `grant:<id>` or `session:<id>`: who uses the session. */
  holder: string;
  user_id: string;
  /** Keyed hash of the cookie: tells which holders share one session. */
  fingerprint: string;
  /** The cookie, sealed for this holder. */
  sealed: string;
  /** When the session was last used at the auth service, or tried in vain; says whose turn is next. */
  used_at: number;
  /** When the session was to be ended there, where that has not succeeded yet. */
  leaving_since: number | null;
}

interface GrantUsesTable {
  grant_id: string;
  module: string;
  access: string;
  count: number;
  last_used_at: number;
}

interface ClientRegistrationsTable {
  /** Rises with every registration, so that equal times keep their order. */
  id: Generated<number>;
  client_id: string;
  registered_at: number;
  used_at: number | null;
  /** The hash of the network address that the registration came from. */
  address: string;
}
