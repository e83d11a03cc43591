-- Registration codes, for a service that asks for one: see crates/domain/src/registration_code.rs. AUTOINCREMENT, since an
-- operator names a code by its id.
--
-- The digest only: a stolen table registers nobody.
CREATE TABLE registration_codes (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    digest     BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),
    uses       INTEGER NOT NULL CHECK (uses BETWEEN 1 AND 10000),
    used       INTEGER NOT NULL CHECK (used BETWEEN 0 AND uses),
    note       TEXT CHECK (length(note) BETWEEN 1 AND 200),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE INDEX registration_codes_by_expiry ON registration_codes (expires_at); -- the purge
