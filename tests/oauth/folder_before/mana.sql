PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE login_failures (
    address     TEXT NOT NULL,
    failed_at INTEGER NOT NULL
  ) STRICT;
INSERT INTO login_failures VALUES('HlP9EfFODx0o4VYHD0pYvi15VCAAXS9uXhUvK0vzy0s',1777636800000);
INSERT INTO login_failures VALUES('HlP9EfFODx0o4VYHD0pYvi15VCAAXS9uXhUvK0vzy0s',1777636800000);
INSERT INTO login_failures VALUES('HlP9EfFODx0o4VYHD0pYvi15VCAAXS9uXhUvK0vzy0s',1777636800000);
INSERT INTO login_failures VALUES('HlP9EfFODx0o4VYHD0pYvi15VCAAXS9uXhUvK0vzy0s',1777636800000);
CREATE TABLE login_locks (
    address        TEXT PRIMARY KEY,
    locked_until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
INSERT INTO login_locks VALUES('zgj5nUdjNpK8VaMBoQZgbczbub8UidiTj4WPKki9CYM',1777638600000);
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
INSERT INTO vaults VALUES('K4yoUuY42CanzDc8sAEgkidzciecv6gu',X'1c4b248aabe1a90c14e2430380fec05b101dedbab9277bd0f302b6efce3850e3105bc1d1a0769c366c8b9f5a41148bf4',X'2c5cfba1ebb77a1046ebd90e',1,'env-v1',0,NULL,NULL,NULL,1777636800000,1777636800000);
CREATE TABLE vault_audit (
    id      INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    action  TEXT NOT NULL,
    at      INTEGER NOT NULL
  ) STRICT;
INSERT INTO vault_audit VALUES(1,'K4yoUuY42CanzDc8sAEgkidzciecv6gu','init',1777636800000);
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
  , requested_spaces TEXT NOT NULL DEFAULT '', version INTEGER NOT NULL DEFAULT 0, last_used_at INTEGER, keeps_others INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
INSERT INTO grants VALUES('3184c039-bcf5-4717-9d2a-5037783742e9','K4yoUuY42CanzDc8sAEgkidzciecv6gu','A1ibgj6KVgTEh_X-nooNZg','habits:read habits:write habits:destructive spaces:read todo:read todo:write todo:destructive notes:read notes:write notes:destructive journal:read journal:write','habits:read habits:write spaces:read todo:read todo:write notes:read notes:write journal:read journal:write','',1,'http://127.0.0.1:3069/mcp','2rstm_pagY9nqecy5IoED58QM-SAt97V0hg0jI_fysk','q9A2jXmIK7QZ8Bux1JBNguJIPQn1GHv2ykENefmP4-s',1777636800000,1777636800000,1777636800000,NULL,1777636800000,'',0,NULL,1);
INSERT INTO grants VALUES('d114f085-6432-4ea7-a699-35bd202f32fb','K4yoUuY42CanzDc8sAEgkidzciecv6gu','lYFDADPsIR5VAi89TXS-og','habits:read habits:write habits:destructive spaces:read todo:read todo:write todo:destructive notes:read notes:write notes:destructive journal:read journal:write','habits:read habits:write spaces:read todo:read todo:write notes:read notes:write journal:read journal:write','',1,'http://127.0.0.1:3069/mcp','fdQVlBMY3vProtWcndbVzCEiJbfWKNdmH4KuR-tLcM0','2exhwq9_HVqd6A_XlMIGDidQ98m42z03HL7p-5ymYNE',1777636800000,1777636800000,1777636800000,NULL,NULL,'',0,1777636800000,0);
CREATE TABLE grant_uses (
    grant_id     TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    module       TEXT NOT NULL,
    access       TEXT NOT NULL,
    count        INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    PRIMARY KEY (grant_id, module, access)
  ) STRICT, WITHOUT ROWID;
INSERT INTO grant_uses VALUES('d114f085-6432-4ea7-a699-35bd202f32fb','todo','read',3,1777636800000);
CREATE TABLE client_registrations (
    client_id     TEXT PRIMARY KEY,
    registered_at INTEGER NOT NULL,
    used_at       INTEGER,
    address       TEXT NOT NULL
  ) STRICT;
INSERT INTO client_registrations VALUES('lYFDADPsIR5VAi89TXS-og',1777636800000,1777636800000,'EsoXtJryKJQ28wPgFmAwoh5SXSZuIJJnQzgBqP1AcaA');
INSERT INTO client_registrations VALUES('A1ibgj6KVgTEh_X-nooNZg',1777636800000,1777636800000,'EsoXtJryKJQ28wPgFmAwoh5SXSZuIJJnQzgBqP1AcaA');
INSERT INTO client_registrations VALUES('Yzl_K5lDv77mXhiA-ijN9g',1777636800000,NULL,'EsoXtJryKJQ28wPgFmAwoh5SXSZuIJJnQzgBqP1AcaA');
CREATE INDEX login_failures_by_email ON login_failures (address, failed_at);
CREATE INDEX vault_audit_by_user ON vault_audit (user_id, at);
CREATE INDEX changes_by_user_table ON changes (user_id, app, table_name, created_at);
CREATE INDEX changes_by_space_table ON changes (space_id, app, table_name, created_at) WHERE space_id IS NOT NULL;
CREATE INDEX changes_by_user ON changes (user_id, app, created_at);
CREATE INDEX changes_by_space ON changes (space_id, app, created_at) WHERE space_id IS NOT NULL;
CREATE INDEX grants_by_user ON grants (user_id, client_id);
CREATE INDEX client_registrations_by_address ON client_registrations (address, registered_at);
PRAGMA user_version = 5;
COMMIT;
