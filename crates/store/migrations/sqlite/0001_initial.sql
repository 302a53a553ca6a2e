-- Users and everything that leads with their key; then what is counted; then the audit trail.
-- Moments are milliseconds since 1970-01-01T00:00:00Z. No secret is here but sealed or hashed.

CREATE TABLE user (
    user_key            BLOB    NOT NULL PRIMARY KEY CHECK (length(user_key) = 16),
    realm               TEXT    NOT NULL,
    id                  TEXT    NOT NULL,
    name                TEXT    NOT NULL,
    name_hash           BLOB    NOT NULL UNIQUE CHECK (length(name_hash) = 16),
    admin               INTEGER NOT NULL CHECK (admin IN (0, 1)),
    enabled             INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    password            BLOB,
    password_version    INTEGER NOT NULL,
    created_at          INTEGER NOT NULL,
    sessions_valid_from INTEGER NOT NULL,
    handle              BLOB    NOT NULL CHECK (length(handle) = 64)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_by_creation ON user (realm, created_at, user_key);

CREATE TABLE authenticator (
    user_key     BLOB    NOT NULL REFERENCES user,
    id           BLOB    NOT NULL CHECK (length(id) = 16),
    kind         TEXT    NOT NULL,
    status       TEXT    NOT NULL CHECK (status IN ('pending', 'active', 'suspended', 'revoked')),
    label        TEXT    NOT NULL,
    algorithm    TEXT    NOT NULL,
    digits       INTEGER NOT NULL,
    period       INTEGER NOT NULL,
    secret       BLOB    NOT NULL,
    next         INTEGER NOT NULL CHECK (next >= 0),
    drift        INTEGER NOT NULL,
    mac_key      INTEGER NOT NULL,
    mac_tag      BLOB    NOT NULL CHECK (length(mac_tag) = 32),
    created_at   INTEGER NOT NULL,
    confirmed_at INTEGER,
    last_used_at INTEGER,
    expires_at   INTEGER,
    PRIMARY KEY (user_key, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX authenticator_pending ON authenticator (expires_at) WHERE status = 'pending';

-- Counters only grow; a revoked one stays as a row, and its credential is free again.
CREATE TABLE passkey (
    user_key        BLOB    NOT NULL REFERENCES user,
    id              BLOB    NOT NULL CHECK (length(id) = 16),
    status          TEXT    NOT NULL CHECK (status IN ('active', 'suspended', 'revoked')),
    label           TEXT    NOT NULL,
    credential_id   BLOB    NOT NULL CHECK (length(credential_id) BETWEEN 1 AND 1023),
    public_key      BLOB    NOT NULL,
    aaguid          BLOB    NOT NULL CHECK (length(aaguid) = 16),
    transports      TEXT    NOT NULL,
    sign_count      INTEGER NOT NULL CHECK (sign_count BETWEEN 0 AND 4294967295),
    uv_initialized  INTEGER NOT NULL CHECK (uv_initialized IN (0, 1)),
    backup_eligible INTEGER NOT NULL CHECK (backup_eligible IN (0, 1)),
    backup_state    INTEGER NOT NULL CHECK (backup_state IN (0, 1)),
    mac_key         INTEGER NOT NULL,
    mac_tag         BLOB    NOT NULL CHECK (length(mac_tag) = 32),
    created_at      INTEGER NOT NULL,
    last_used_at    INTEGER,
    PRIMARY KEY (user_key, id)
) STRICT, WITHOUT ROWID;

-- Whose a credential id is, by its hash, which is of the realm: the reservation of each passkey that
-- is not revoked.
CREATE TABLE credential (
    hash     BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    user_key BLOB NOT NULL,
    id       BLOB NOT NULL,
    UNIQUE (user_key, id),
    FOREIGN KEY (user_key, id) REFERENCES passkey
) STRICT, WITHOUT ROWID;

-- A challenge is made without a row; its use is this one.
CREATE TABLE used_challenge (
    hash       BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX used_challenge_by_end ON used_challenge (expires_at);

-- The latest end among the uses that were removed. One row.
CREATE TABLE challenge_floor (
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 0),
    expires_at INTEGER NOT NULL
) STRICT;

-- The realms beside `default`, which is what the configuration says. Lists are separated by spaces;
-- cookies know no ports, so a host is one realm's.
CREATE TABLE realm (
    id              TEXT    NOT NULL PRIMARY KEY,
    issuer          TEXT    NOT NULL,
    public_url      TEXT,
    host            TEXT    UNIQUE,
    rp_id           TEXT,
    origins         TEXT    NOT NULL,
    related_origins TEXT    NOT NULL,
    policy          TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    changed_at      INTEGER NOT NULL,
    mac_key         INTEGER NOT NULL,
    mac_tag         BLOB    NOT NULL CHECK (length(mac_tag) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE realm_rp (
    realm TEXT NOT NULL PRIMARY KEY,
    rp_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- An imported set has bcrypt hashes, none of them dearer than this; ours has none of it. Its codes have
-- numbers for selectors, which are no symbols that anybody types.
CREATE TABLE backup_set (
    user_key        BLOB    NOT NULL REFERENCES user,
    version         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    acknowledged_at INTEGER,
    voided_at       INTEGER,
    bcrypt_cost     INTEGER CHECK (bcrypt_cost BETWEEN 4 AND 14),
    PRIMARY KEY (user_key, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE backup_code (
    user_key BLOB    NOT NULL,
    version  INTEGER NOT NULL,
    selector INTEGER NOT NULL CHECK (selector BETWEEN 0 AND 255),
    id       BLOB    NOT NULL CHECK (length(id) = 16),
    hash     BLOB    NOT NULL,
    used_at  INTEGER,
    PRIMARY KEY (user_key, version, selector),
    FOREIGN KEY (user_key, version) REFERENCES backup_set
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    user_key        BLOB    NOT NULL REFERENCES user,
    hash            BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    id              BLOB    NOT NULL CHECK (length(id) = 16),
    audience        TEXT    NOT NULL,
    parent          BLOB,
    level           INTEGER NOT NULL,
    amr             INTEGER NOT NULL,
    auth_time       INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    last_seen_at    INTEGER NOT NULL,
    idle_expires_at INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    address         TEXT,
    agent           TEXT,
    PRIMARY KEY (user_key, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_idle_end ON session (idle_expires_at);
CREATE INDEX session_by_end ON session (expires_at);

-- A pending login that is used up is gone: its removal is its one use.
CREATE TABLE pending_login (
    user_key         BLOB    NOT NULL REFERENCES user,
    hash             BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    audience         TEXT    NOT NULL,
    password_version INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    PRIMARY KEY (user_key, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_login_by_end ON pending_login (expires_at);

-- What leads a browser to a protected host, by its hash. One that is used is gone: its removal is its
-- one use. `browser` is the hash of what the browser that asked keeps for that host.
CREATE TABLE ticket (
    user_key   BLOB    NOT NULL REFERENCES user,
    hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    parent     BLOB    NOT NULL CHECK (length(parent) = 32),
    audience   TEXT    NOT NULL,
    browser    BLOB    NOT NULL CHECK (length(browser) = 32),
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (user_key, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_by_end ON ticket (expires_at);

CREATE TABLE known_browser (
    user_key   BLOB    NOT NULL REFERENCES user,
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (user_key, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX known_browser_by_end ON known_browser (expires_at);

-- What applications with users of their own leave. A proof, and a begun passkey, that is used up is
-- gone: its removal is its one use. A user has at most one begun passkey.
CREATE TABLE verification_proof (
    user_key   BLOB    NOT NULL REFERENCES user,
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (user_key, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX verification_proof_by_end ON verification_proof (expires_at);

CREATE TABLE pending_passkey (
    user_key   BLOB    NOT NULL PRIMARY KEY REFERENCES user,
    id         BLOB    NOT NULL CHECK (length(id) = 16),
    label      TEXT,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_passkey_by_end ON pending_passkey (expires_at);

-- A request that was done, by the hash of the name its caller gave it, and the id of what it made.
CREATE TABLE request_name (
    name       BLOB    NOT NULL PRIMARY KEY CHECK (length(name) = 32),
    request    BLOB    NOT NULL CHECK (length(request) = 32),
    made       BLOB    NOT NULL CHECK (length(made) = 16),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX request_name_by_end ON request_name (expires_at);

-- Back ends, by the hash of what they show. A revoked one stays as a row.
CREATE TABLE api_key (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    realm        TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    hash         BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    scopes       INTEGER NOT NULL CHECK (scopes BETWEEN 1 AND 7),
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    revoked_at   INTEGER,
    mac_key      INTEGER NOT NULL,
    mac_tag      BLOB    NOT NULL CHECK (length(mac_tag) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_by_name ON api_key (realm, name);

CREATE TABLE setup_link (
    one        INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    expires_at INTEGER NOT NULL
) STRICT;

-- One row an attempt that still counts: unsettled, or settled as a failure. `subject` is a name's
-- keyed hash for passwords, the user's key for codes; a passkey's only names it, nothing counts those.
-- `matters_until` is when no window holds it. One that is to be named has no user until it is settled: a
-- directory of the application's says who it is.
CREATE TABLE attempt (
    subject       BLOB    NOT NULL CHECK (length(subject) = 16),
    kind          TEXT    NOT NULL CHECK (kind IN ('password', 'code', 'backup_code', 'passkey')),
    at            INTEGER NOT NULL,
    id            BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    user_key      BLOB,
    to_be_named   INTEGER NOT NULL CHECK (to_be_named IN (0, 1)),
    confirm       INTEGER NOT NULL CHECK (confirm IN (0, 1)),
    known         INTEGER NOT NULL CHECK (known IN (0, 1)),
    bucket        BLOB,
    units         INTEGER NOT NULL CHECK (units >= 0),
    day           INTEGER NOT NULL,
    settled       INTEGER NOT NULL CHECK (settled IN (0, 1)),
    matters_until INTEGER NOT NULL,
    PRIMARY KEY (subject, kind, at, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_by_end ON attempt (matters_until);

-- Failures in a row, attempts in flight among them.
CREATE TABLE tally (
    user_key    BLOB    NOT NULL,
    kind        TEXT    NOT NULL,
    consecutive INTEGER NOT NULL CHECK (consecutive >= 0),
    PRIMARY KEY (user_key, kind)
) STRICT, WITHOUT ROWID;

-- Odds spent a day, in units of 10^-9, by clients known to the user or not.
CREATE TABLE budget (
    user_key BLOB    NOT NULL,
    known    INTEGER NOT NULL CHECK (known IN (0, 1)),
    day      INTEGER NOT NULL,
    units    INTEGER NOT NULL CHECK (units >= 0),
    PRIMARY KEY (user_key, known, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX budget_by_day ON budget (day);

-- What of a budget's spending was told: 1 half, 2 all.
CREATE TABLE budget_told (
    user_key BLOB    NOT NULL,
    known    INTEGER NOT NULL CHECK (known IN (0, 1)),
    level    INTEGER NOT NULL CHECK (level IN (0, 1, 2)),
    PRIMARY KEY (user_key, known)
) STRICT, WITHOUT ROWID;

-- The audit row that a running window's throttled attempts are counted on.
CREATE TABLE throttle_row (
    subject  BLOB    NOT NULL,
    kind     TEXT    NOT NULL,
    event_id BLOB    NOT NULL,
    started  INTEGER NOT NULL,
    ends     INTEGER NOT NULL,
    PRIMARY KEY (subject, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX throttle_row_by_end ON throttle_row (ends);

CREATE TABLE notice (
    user_key BLOB    NOT NULL,
    kind     TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (user_key, kind)
) STRICT, WITHOUT ROWID;

-- Ids are ordered by time; there is no sequence.
CREATE TABLE audit_event (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at            INTEGER NOT NULL,
    realm         TEXT    NOT NULL,
    user_key      BLOB,
    user_id       TEXT,
    actor         TEXT    NOT NULL,
    event         TEXT    NOT NULL,
    outcome       TEXT    NOT NULL,
    reason        TEXT,
    authenticator BLOB,
    address       TEXT,
    agent         TEXT,
    request_id    TEXT,
    repeats       INTEGER NOT NULL,
    mac_key       INTEGER NOT NULL,
    mac_tag       BLOB    NOT NULL CHECK (length(mac_tag) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_event_by_user ON audit_event (user_key, id) WHERE user_key IS NOT NULL;
