-- The idempotency keys of registrations: a form that is submitted twice adds one user, and both submits succeed.
--
-- A table of its own, since a key lives for ten minutes and a user for years. The key is a keyed hash: it neither
-- contains the form's value nor lets a reader of the table repeat a registration.
CREATE TABLE registration_keys (
    user_id    BIGINT  NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    digest     BYTEA   NOT NULL UNIQUE CHECK (length(digest) = 32),
    expires_at BIGINT  NOT NULL
);

CREATE INDEX registration_keys_by_expiry ON registration_keys (expires_at); -- the purge
