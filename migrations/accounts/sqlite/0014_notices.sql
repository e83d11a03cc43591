-- What a user is told on the next page, until the user dismisses it or 90 days have passed: see crates/domain/src/notice.rs. The
-- embedder names the kinds, and `subject` is a row of its own. Users are no foreign keys, so that a job that tells several users waits
-- for none of them. The row of a deleted user stays, and the deletion removes the notices.
CREATE TABLE notices (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL,
    kind       TEXT    NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
    subject    INTEGER NOT NULL,
    about_id   INTEGER, -- NULL: about no user
    parameters TEXT    NOT NULL CHECK (length(parameters) <= 500),
    at         INTEGER NOT NULL
) STRICT;

CREATE INDEX notices_by_user ON notices (user_id, id); -- the list
-- What a newer notice about a user replaces, and what the deletion of that user removes.
CREATE UNIQUE INDEX notices_about ON notices (about_id, user_id, subject) WHERE about_id IS NOT NULL;
CREATE INDEX notices_about_nobody ON notices (user_id, subject, id) WHERE about_id IS NULL; -- of these the newest stay
