-- Registration codes, for a service that asks for one: see crates/domain/src/registration_code.rs. Ids are never reused, since an
-- operator names a code by its id.
--
-- The digest only: a stolen table registers nobody.
CREATE TABLE registration_codes (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest     BYTEA   NOT NULL UNIQUE CHECK (length(digest) = 32),
    uses       BIGINT  NOT NULL CHECK (uses BETWEEN 1 AND 10000),
    used       BIGINT  NOT NULL CHECK (used BETWEEN 0 AND uses),
    note       TEXT CHECK (length(note) BETWEEN 1 AND 200),
    created_at BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    revoked_at BIGINT
);

CREATE INDEX registration_codes_by_expiry ON registration_codes (expires_at); -- the purge
