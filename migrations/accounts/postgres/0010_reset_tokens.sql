-- The tokens of links that set a new password, until one is used or they expire. The digest only: a stolen table is no link.
CREATE TABLE reset_tokens (
    digest     BYTEA   NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    user_id    BIGINT  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at BIGINT  NOT NULL
);

CREATE INDEX reset_tokens_by_user ON reset_tokens (user_id); -- a change of the password removes all of the user
CREATE INDEX reset_tokens_by_expiry ON reset_tokens (expires_at); -- the purge
