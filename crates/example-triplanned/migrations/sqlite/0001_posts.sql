-- TriPlanned's own table, beside the accounts' tables.
CREATE TABLE posts (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    author_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    city        TEXT    NOT NULL CHECK (length(city) BETWEEN 1 AND 200),
    country     TEXT    NOT NULL CHECK (length(country) BETWEEN 1 AND 200),
    description TEXT    NOT NULL CHECK (length(description) BETWEEN 1 AND 2000)
) STRICT;

CREATE INDEX posts_by_author ON posts (author_id, id); -- a profile's own, the newest first
