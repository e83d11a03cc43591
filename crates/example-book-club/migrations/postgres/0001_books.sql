CREATE TABLE members ( -- what the club knows of a user
    user_id         BIGINT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    favorite_author TEXT NOT NULL DEFAULT '' CHECK (length(favorite_author) <= 200),
    token_digest    BYTEA UNIQUE CHECK (length(token_digest) = 32)
);
CREATE TABLE books (
    id    BIGINT NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    title TEXT   NOT NULL UNIQUE CHECK (length(title) BETWEEN 1 AND 200),
    cover BYTEA  NOT NULL CHECK (length(cover) BETWEEN 1 AND 524288)
);
CREATE TABLE readings (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    book_id BIGINT NOT NULL REFERENCES books (id) ON DELETE CASCADE, PRIMARY KEY (user_id, book_id)
);
