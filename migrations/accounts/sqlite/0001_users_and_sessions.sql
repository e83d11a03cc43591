-- Users, what proves who they are, and where they are logged in.
--
-- Columns are whole numbers, texts and bytes on both engines. A moment is milliseconds since 1970 in UTC, since the
-- engines' own times neither look nor sort alike. Folding and parsing are Rust's; the checks here are the last line.

-- `users (id, username)` is a stable schema: an embedder's tables may refer to it. AUTOINCREMENT, since the number of a
-- user who is gone must not name another one.
CREATE TABLE users (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    username     TEXT    NOT NULL CHECK (length(username) BETWEEN 3 AND 64),
    username_key TEXT    NOT NULL UNIQUE CHECK (length(username_key) > 0), -- folded: two spellings are one name
    email        TEXT    NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    email_key    TEXT    NOT NULL UNIQUE CHECK (length(email_key) > 0),
    joined_at    INTEGER NOT NULL,
    disabled_at  INTEGER -- NULL: not disabled
) STRICT;

-- Apart from the users, so that no query for a user can carry a hash along.
CREATE TABLE credentials (
    user_id       INTEGER NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    password_hash TEXT    NOT NULL CHECK (length(password_hash) BETWEEN 1 AND 1024) -- a PHC string
) STRICT;

-- The digest only: a stolen table logs nobody in. AUTOINCREMENT, since a late note about a session that was ended must
-- not reach a new one of the same number.
CREATE TABLE sessions (
    id               INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    digest           BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),
    user_id          INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at       INTEGER NOT NULL,
    last_seen_at     INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL, -- may be forgotten from then on
    remembered       INTEGER NOT NULL CHECK (remembered IN (0, 1)),
    network          TEXT CHECK (length(network) <= 64),
    user_agent       TEXT CHECK (length(user_agent) <= 255)
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id); -- a person's own list, and ending all of them
CREATE INDEX sessions_by_expiry ON sessions (expires_at); -- the purge
