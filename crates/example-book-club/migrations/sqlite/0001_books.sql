CREATE TABLE members ( -- what the club knows of a user
    user_id         INTEGER NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    favorite_author TEXT NOT NULL DEFAULT '' CHECK (length(favorite_author) <= 200),
    token_digest    BLOB UNIQUE CHECK (length(token_digest) = 32)
) STRICT;
CREATE TABLE books (
    id    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    title TEXT    NOT NULL UNIQUE CHECK (length(title) BETWEEN 1 AND 200),
    cover BLOB    NOT NULL CHECK (length(cover) BETWEEN 1 AND 524288)
) STRICT;
CREATE TABLE readings (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE, PRIMARY KEY (user_id, book_id)
) STRICT;
