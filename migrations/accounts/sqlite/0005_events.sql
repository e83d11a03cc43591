-- What happened to accounts: see crates/domain/src/event.rs. Append-only, but for the count of a row with an `hour`.
--
-- `user_id` refers to no row: an event is stored for 90 days, also where the user is deleted. What was typed as a name is not
-- stored, since it may be a password.
CREATE TABLE events (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    count      INTEGER NOT NULL CHECK (count >= 0),
    user_id    INTEGER, -- NULL: a name without an account
    session_id INTEGER,
    detail     TEXT CHECK (length(detail) BETWEEN 1 AND 200),
    network    TEXT CHECK (length(network) BETWEEN 1 AND 64),
    request    TEXT CHECK (length(request) BETWEEN 1 AND 64),
    operator   TEXT CHECK (length(operator) BETWEEN 1 AND 64), -- NULL: the user, or a stranger
    hour       INTEGER -- hours since 1970, of a row that stands for all events of an hour, a kind, a user and a network
) STRICT;

CREATE INDEX events_by_user ON events (user_id, id); -- the user's own list, and how many there were within an hour
CREATE INDEX events_by_time ON events (at); -- the purge
CREATE UNIQUE INDEX events_by_hour ON events (hour, kind, coalesce(user_id, 0), coalesce(network, '')) WHERE hour IS NOT NULL;
