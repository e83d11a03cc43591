-- Messages of hosts to their guests. A reader is found by the present answer: no row for each recipient. Ids are the party's own, as in
-- its history.
CREATE TABLE party_messages (
    party_id    INTEGER NOT NULL REFERENCES parties (id),
    id          INTEGER NOT NULL CHECK (id >= 1), -- within the party, in order
    at          INTEGER NOT NULL,
    audience    TEXT    NOT NULL CHECK (length(audience) BETWEEN 1 AND 40), -- of coming, waiting, maybe, invited: separated by spaces
    recipients  INTEGER NOT NULL CHECK (recipients >= 1), -- guests with those answers then
    text        TEXT    NOT NULL CHECK (length(text) BETWEEN 1 AND 1000),
    form        TEXT CHECK (length(form) BETWEEN 22 AND 64), -- the idempotency key
    form_digest BLOB    NOT NULL CHECK (length(form_digest) = 32), -- SHA-256 of the audience and the text
    PRIMARY KEY (party_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX party_messages_by_form ON party_messages (party_id, form, form_digest);

-- A message is an entry of the history. SQLite changes no CHECK, so the table is made again.
CREATE TABLE party_history_with_messages (
    party_id   INTEGER NOT NULL REFERENCES parties (id),
    id         INTEGER NOT NULL CHECK (id >= 1), -- within the party, in order
    at         INTEGER NOT NULL,
    by_id      INTEGER, -- NULL: the system, which seats the guests who wait
    kind       TEXT    NOT NULL CHECK (kind IN ('answer', 'edited', 'seats', 'cancelled', 'restored', 'message')),
    guest_id   INTEGER, -- of an answer
    before     TEXT CHECK (length(before) BETWEEN 1 AND 20), -- of an answer; NULL: there was none
    after      TEXT CHECK (length(after) BETWEEN 1 AND 20), -- of an answer
    seats      INTEGER CHECK (seats BETWEEN 1 AND 1000), -- of `seats`
    parts      TEXT CHECK (length(parts) BETWEEN 1 AND 200), -- of `edited`: their names; of `message`: its audience
    recipients INTEGER CHECK (recipients >= 1), -- of `message`
    PRIMARY KEY (party_id, id),
    CHECK ((kind = 'answer') = (guest_id IS NOT NULL)),
    CHECK ((kind = 'answer') = (after IS NOT NULL)),
    CHECK ((kind = 'seats') = (seats IS NOT NULL)),
    CHECK ((kind IN ('edited', 'message')) = (parts IS NOT NULL)),
    CHECK ((kind = 'message') = (recipients IS NOT NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO party_history_with_messages (party_id, id, at, by_id, kind, guest_id, before, after, seats, parts)
    SELECT party_id, id, at, by_id, kind, guest_id, before, after, seats, parts FROM party_history;
DROP TABLE party_history;
ALTER TABLE party_history_with_messages RENAME TO party_history;
