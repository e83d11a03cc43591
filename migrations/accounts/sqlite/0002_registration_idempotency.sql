-- The idempotency keys of registrations: a form that is submitted twice adds one user, and both submits succeed.
--
-- A table of its own, since a key lives for ten minutes and a user for years. The key is a keyed hash: it neither
-- contains the form's value nor lets a reader of the table repeat a registration.
CREATE TABLE registration_keys (
    user_id    INTEGER NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    digest     BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX registration_keys_by_expiry ON registration_keys (expires_at); -- the purge
