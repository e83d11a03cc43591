-- TriPlanned's own table, beside the accounts' tables.
CREATE TABLE posts (
    id          BIGINT NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    author_id   BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    city        TEXT   NOT NULL CHECK (length(city) BETWEEN 1 AND 200),
    country     TEXT   NOT NULL CHECK (length(country) BETWEEN 1 AND 200),
    description TEXT   NOT NULL CHECK (length(description) BETWEEN 1 AND 2000)
);

CREATE INDEX posts_by_author ON posts (author_id, id); -- a profile's own, the newest first
