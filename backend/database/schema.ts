// The tables of vault and sync (mana.sqlite), and how an older file gets them. Earlier versions kept sign-in here too.
// The tables of sign-in (auth.sqlite) are in migrate_sign_in.ts.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { addressHash } from "../../sign_in/kit/address_hash.ts";
import { inTransaction } from "./in_transaction.ts";

/**
 * Brings a database to a schema, one transaction per step; to the newest schema by default. Does nothing to a database
 * that has it.
 *
 * @throws {Error} when the file was written by a newer version of this service
 */
export function migrate(db: DatabaseSync, to = MIGRATIONS.length): void {
  const { user_version: version } = Version.parse(db.prepare("PRAGMA user_version").get());
  if (version > MIGRATIONS.length) {
    throw new Error(
      `Cannot open the database: its schema is version ${version}, this service knows ${MIGRATIONS.length}`,
    );
  }
  db.function("address_hash", { deterministic: true }, (address) => addressHash(String(address)));
  MIGRATIONS.slice(version, to).forEach((step, index) => {
    inTransaction(db, () => {
      db.exec(step);
      db.exec(`PRAGMA user_version = ${version + index + 1}`);
    });
  });
}

const Version = z.object({ user_version: z.number().int() });

/** The version whose next step drops the tables of sign-in: they have to be in auth.sqlite by then. */
export const SIGN_IN_LEAVES = 5;

/**
 * The tables as numbered steps: step n takes `user_version` n to n + 1. A released step is never edited; a change is a
 * new step.
 */
export const MIGRATIONS: readonly string[] = [
  // 0 → 1
  `
  CREATE TABLE login_failures (
    email     TEXT NOT NULL,
    failed_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX login_failures_by_email ON login_failures (email, failed_at);

  CREATE TABLE login_locks (
    email        TEXT PRIMARY KEY,
    locked_until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE vaults (
    user_id             TEXT PRIMARY KEY,
    wrapped_key         BLOB,
    wrap_iv             BLOB,
    format_version      INTEGER NOT NULL,
    kek_id              TEXT NOT NULL,
    zero_knowledge      INTEGER NOT NULL DEFAULT 0,
    recovery_wrapped_mk TEXT,
    recovery_iv         TEXT,
    recovery_set_at     INTEGER,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    CHECK (zero_knowledge = (wrapped_key IS NULL)),
    CHECK (zero_knowledge = 0 OR recovery_wrapped_mk IS NOT NULL)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE vault_audit (
    id      INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    action  TEXT NOT NULL,
    at      INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX vault_audit_by_user ON vault_audit (user_id, at);

  -- created_at is microseconds since 1970, unique and strictly rising: the cursor of every pull.
  CREATE TABLE changes (
    created_at     INTEGER PRIMARY KEY,
    event_id       TEXT NOT NULL,
    user_id        TEXT NOT NULL,
    space_id       TEXT,
    app            TEXT NOT NULL,
    table_name     TEXT NOT NULL,
    record_id      TEXT NOT NULL,
    op             TEXT NOT NULL CHECK (op IN ('insert', 'update', 'delete')),
    client_id      TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    data           TEXT,
    stamps         TEXT,
    deleted_at     TEXT,
    actor          TEXT,
    origin         TEXT
  ) STRICT;
  CREATE INDEX changes_by_user_table ON changes (user_id, app, table_name, created_at);
  CREATE INDEX changes_by_space_table ON changes (space_id, app, table_name, created_at) WHERE space_id IS NOT NULL;
  CREATE INDEX changes_by_user ON changes (user_id, app, created_at);
  CREATE INDEX changes_by_space ON changes (space_id, app, created_at) WHERE space_id IS NOT NULL;
  `,
  // 1 → 2: grants, what people allowed which apps. Lists are words separated by spaces, as in OAuth.
  `
  CREATE TABLE grants (
    id              TEXT PRIMARY KEY,
    user_id         TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    requested       TEXT NOT NULL,
    permissions     TEXT NOT NULL,
    spaces          TEXT NOT NULL,
    offline         INTEGER NOT NULL,
    resources       TEXT NOT NULL,
    request_hash    TEXT NOT NULL UNIQUE,
    code_hash       TEXT UNIQUE,
    created_at      INTEGER NOT NULL,
    redeemed_at     INTEGER,
    activated_at    INTEGER,
    expires_at      INTEGER,
    revoked_at      INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX grants_by_user ON grants (user_id, client_id);

  CREATE TABLE grant_uses (
    grant_id     TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    module       TEXT NOT NULL,
    access       TEXT NOT NULL,
    count        INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    PRIMARY KEY (grant_id, module, access)
  ) STRICT, WITHOUT ROWID;

  -- Clients that registered themselves; used_at is set once somebody has connected one.
  CREATE TABLE client_registrations (
    client_id     TEXT PRIMARY KEY,
    registered_at INTEGER NOT NULL,
    used_at       INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
  // 2 → 3: failed logins by the hash of the address. Locks that hold go on holding.
  `
  ALTER TABLE login_failures RENAME COLUMN email TO address;
  ALTER TABLE login_locks RENAME COLUMN email TO address;
  UPDATE login_failures SET address = address_hash(address);
  UPDATE login_locks SET address = address_hash(address);
  `,
  // 3 → 4: registrations by the hash of the address they came from. With a rowid, so that equal times keep their order.
  `
  ALTER TABLE client_registrations RENAME TO client_registrations_3;
  CREATE TABLE client_registrations (
    client_id     TEXT PRIMARY KEY,
    registered_at INTEGER NOT NULL,
    used_at       INTEGER,
    address       TEXT NOT NULL
  ) STRICT;
  INSERT INTO client_registrations SELECT client_id, registered_at, used_at, '' FROM client_registrations_3
    ORDER BY registered_at;
  DROP TABLE client_registrations_3;
  CREATE INDEX client_registrations_by_address ON client_registrations (address, registered_at);
  `,
  // 4 → 5: of a grant, the spaces that the app asked for, how often the person changed it, when the app last came, and
  // whether connections of the same app stay beside it.
  `
  ALTER TABLE grants ADD COLUMN requested_spaces TEXT NOT NULL DEFAULT '';
  ALTER TABLE grants ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE grants ADD COLUMN last_used_at INTEGER;
  ALTER TABLE grants ADD COLUMN keeps_others INTEGER NOT NULL DEFAULT 0;
  `,
  // 5 → 6: sign-in has left for auth.sqlite (take_over_sign_in.ts).
  `
  DROP TABLE grant_uses;
  DROP TABLE grants;
  DROP TABLE client_registrations;
  DROP TABLE login_failures;
  DROP TABLE login_locks;
  `,
  // 6 → 7: synthetic people, what they did and what they think of it. The floor of the log's clock: positions may not be given
  // twice, even after the newest changes have been deleted together with whoever made them.
  `
  CREATE TABLE personas (
    user_id        TEXT PRIMARY KEY,
    email          TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    archetype      TEXT NOT NULL,
    system_prompt  TEXT NOT NULL,
    module_mix     TEXT NOT NULL,
    tick_cadence   TEXT NOT NULL CHECK (tick_cadence IN ('hourly', 'daily', 'weekdays')),
    time_zone      TEXT,
    ticks          INTEGER NOT NULL DEFAULT 0,
    last_active_at INTEGER,
    leaving_since  INTEGER,
    created_at     INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE persona_ticks (
    tick_id       TEXT PRIMARY KEY,
    persona_id    TEXT NOT NULL REFERENCES personas (user_id) ON DELETE CASCADE,
    number        INTEGER NOT NULL,
    claimed_until INTEGER,
    ending        TEXT,
    started_at    INTEGER NOT NULL,
    ended_at      INTEGER,
    UNIQUE (persona_id, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE persona_actions (
    tick_id       TEXT NOT NULL REFERENCES persona_ticks (tick_id) ON DELETE CASCADE,
    place         INTEGER NOT NULL,
    persona_id    TEXT NOT NULL,
    tool_name     TEXT NOT NULL,
    input_hash    TEXT,
    result        TEXT NOT NULL CHECK (result IN ('ok', 'error')),
    error_message TEXT,
    latency_ms    INTEGER,
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (tick_id, place)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX persona_actions_by_persona ON persona_actions (persona_id, created_at);

  CREATE TABLE persona_feedback (
    tick_id    TEXT NOT NULL REFERENCES persona_ticks (tick_id) ON DELETE CASCADE,
    module     TEXT NOT NULL,
    persona_id TEXT NOT NULL,
    rating     INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
    notes      TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tick_id, module)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX persona_feedback_by_persona ON persona_feedback (persona_id, created_at);
  CREATE INDEX persona_feedback_by_module ON persona_feedback (module, created_at);

  CREATE TABLE change_log_floor (
    only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
    created_at INTEGER NOT NULL
  ) STRICT;
  `,
];
