-- What a waiting list, the host's changes and a taken-back answer need. The rules are Rust's; the checks are the last line.
ALTER TABLE parties ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0); -- guests, each counted once
ALTER TABLE parties ADD COLUMN names_shown_to TEXT NOT NULL DEFAULT 'everyone'
    CHECK (names_shown_to IN ('everyone', 'guests', 'host'));
ALTER TABLE parties ADD COLUMN revision INTEGER NOT NULL DEFAULT 0 CHECK (revision >= 0); -- changes of the host

UPDATE parties SET waiting = (SELECT count(*) FROM rsvps WHERE party_id = parties.id AND answer = 'waitlisted');

-- The seats that a guest gave up with the answer, and when: to take them back for ten minutes.
ALTER TABLE rsvps ADD COLUMN given_up_heads INTEGER CHECK (given_up_heads BETWEEN 1 AND 10);
ALTER TABLE rsvps ADD COLUMN given_up_at INTEGER CHECK ((given_up_at IS NULL) = (given_up_heads IS NULL));
ALTER TABLE rsvps ADD COLUMN note TEXT CHECK (length(note) BETWEEN 1 AND 500); -- NULL: none; for the host and the guest
ALTER TABLE rsvps ADD COLUMN allergies TEXT CHECK (length(allergies) BETWEEN 1 AND 300); -- NULL: none; as the note

-- The first who wait with each number of heads: who may get the seats that a guest gives up.
CREATE INDEX rsvps_waiting ON rsvps (party_id, heads, place) WHERE answer = 'waitlisted';

-- What was done at a party, by whom and when. Append-only. Each RSVP adds a row: a key of the party's own makes one B-tree enough.
-- An answer is written as `seated 2`, `waitlisted 1` or `declined`. Users are no foreign keys: with the party locked, an entry would wait
-- for a user who is renamed, and who waits for the party.
CREATE TABLE party_history (
    party_id INTEGER NOT NULL REFERENCES parties (id),
    id       INTEGER NOT NULL CHECK (id >= 1), -- within the party, in order
    at       INTEGER NOT NULL,
    by_id    INTEGER, -- NULL: the system, which seats the guests who wait
    kind     TEXT    NOT NULL CHECK (kind IN ('answer', 'edited', 'seats', 'cancelled', 'restored', 'message')),
    guest_id INTEGER, -- of an answer
    before   TEXT CHECK (length(before) BETWEEN 1 AND 20), -- of an answer; NULL: there was none
    after    TEXT CHECK (length(after) BETWEEN 1 AND 20), -- of an answer
    seats    INTEGER CHECK (seats BETWEEN 1 AND 1000), -- of `seats`
    parts    TEXT CHECK (length(parts) BETWEEN 1 AND 200), -- of `edited`: their names; of `message`: its audience; separated by spaces
    recipients INTEGER CHECK (recipients >= 1), -- of `message`
    PRIMARY KEY (party_id, id),
    CHECK ((kind = 'answer') = (guest_id IS NOT NULL)),
    CHECK ((kind = 'answer') = (after IS NOT NULL)),
    CHECK ((kind = 'seats') = (seats IS NOT NULL)),
    CHECK ((kind IN ('edited', 'message')) = (parts IS NOT NULL)),
    CHECK ((kind = 'message') = (recipients IS NOT NULL))
) STRICT, WITHOUT ROWID;
