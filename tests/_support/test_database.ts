// The PostgreSQL of `deno task test:postgres`, a database of it for each backend. Every other run has SQLite.
import assert from "node:assert/strict";
import { openSignInDatabase } from "../../sign_in/database/open_sign_in_database.ts";
import { parsePostgresAddress, type PostgresAddress } from "../../sign_in/database/postgres_address.ts";
import type { SignInDatabase } from "../../sign_in/database/sign_in_database.ts";

/** Where Debian has the programs of PostgreSQL 15. */
export const POSTGRES_PROGRAMS = "/usr/lib/postgresql/15/bin";

/** Whether this run is on PostgreSQL. For tests of what lies in a SQLite file: `{ ignore: isOnPostgres() }`. */
export function isOnPostgres(): boolean {
  return testDatabaseUrl() !== undefined;
}

/** The database of a data folder, made when it is first asked for; in memory, a new one. `undefined`: SQLite. */
export async function testDatabase(data: string): Promise<PostgresAddress | undefined> {
  const url = testDatabaseUrl();
  return url === undefined ? undefined : parsePostgresAddress(await createDatabase(url, data));
}

/** Opens the database of a data folder beside its backend. */
export async function openTestDatabase(data: string): Promise<SignInDatabase> {
  return openSignInDatabase(await testDatabase(data) ?? (data === ":memory:" ? data : `${data}/auth.sqlite`));
}

/** Tables of better-auth that tests look into. A time is a text in SQLite; PostgreSQL takes that text, too. */
export type ProviderTables = {
  oauthRefreshToken: {
    token: string;
    revoked: unknown;
    expiresAt: unknown;
    rotationReplayExpiresAt: unknown;
    rotationReplayResponse: string | null;
  };
  oauthConsent: { id: string };
  jwks: { privateKey: string };
};

/** Address of the instance; only `deno task test:postgres` lets tests read it. */
export function testDatabaseUrl(): string | undefined {
  const variable = "TEST_DATABASE_URL";
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

/** Makes a database beside the one of `url`, unless the folder has one. Returns its address. */
export async function createDatabase(url: string, data: string): Promise<string> {
  const address = parsePostgresAddress(url);
  assert.ok(address);
  const name = (data === ":memory:" ? crypto.randomUUID() : data).replaceAll(/[^a-z0-9]/g, "_");
  const made = await new Deno.Command(`${POSTGRES_PROGRAMS}/createdb`, {
    args: ["-h", address.host, "-p", String(address.port), "-U", address.user, name],
    env: { PGPASSWORD: address.password },
    clearEnv: true,
  }).output();
  const said = new TextDecoder().decode(made.stderr);
  assert.ok(made.success || said.includes("already exists"), said);
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
