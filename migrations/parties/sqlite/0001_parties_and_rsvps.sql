-- Dinner parties and the answers to them. The rules are Rust's (`domain::party`); the checks here are the last line,
-- which holds when somebody writes past the rules. Columns and moments are as in the accounts' tables.

-- `taken` is kept beside `seats` and not counted: an RSVP costs the same on a table of ten and of a thousand, and the
-- check holds whatever writes. AUTOINCREMENT, since people keep a Party ID in a letter or a chat.
--
-- A host who has parties cannot be deleted, nor a guest who holds a seat: seats are freed by the rule, in the commit that
-- changes `taken`, and not behind its back.
CREATE TABLE parties (
    id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    host_id        INTEGER NOT NULL REFERENCES users (id),
    local_time     TEXT    NOT NULL CHECK (length(local_time) BETWEEN 16 AND 40), -- with `zone` the truth
    zone           TEXT    NOT NULL CHECK (length(zone) BETWEEN 1 AND 64),
    starts_at      INTEGER NOT NULL, -- derived from the two, to sort by
    venue          TEXT    NOT NULL CHECK (length(venue) BETWEEN 1 AND 200),
    main_dish      TEXT    NOT NULL CHECK (length(main_dish) BETWEEN 1 AND 200),
    search_key     TEXT    NOT NULL, -- host, venue and dish, folded, a line each
    seats          INTEGER NOT NULL CHECK (seats BETWEEN 1 AND 1000),
    taken          INTEGER NOT NULL DEFAULT 1 CHECK (taken BETWEEN 1 AND seats), -- the host's seat counts
    max_companions INTEGER NOT NULL DEFAULT 0 CHECK (max_companions BETWEEN 0 AND 999),
    state          TEXT    NOT NULL DEFAULT 'scheduled' CHECK (state IN ('scheduled', 'cancelled')),
    rsvp_deadline  INTEGER NOT NULL,
    last_place     INTEGER NOT NULL DEFAULT 0 -- the highest number in `rsvps.place`, drawn under this row's lock
) STRICT;

-- Both directions, since parties that begin at one moment stand by their number in either.
CREATE INDEX parties_to_come ON parties (starts_at, id);
CREATE INDEX parties_past ON parties (starts_at DESC, id);
CREATE INDEX parties_to_come_by_host ON parties (host_id, starts_at, id);
CREATE INDEX parties_past_by_host ON parties (host_id, starts_at DESC, id);
CREATE INDEX parties_by_host ON parties (host_id, id); -- the one that somebody made last

-- One answer per guest and party. `place` orders those seated and those waiting by when they came to it: a number drawn
-- under the party's lock, since two clocks may tell one time.
CREATE TABLE rsvps (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    party_id INTEGER NOT NULL REFERENCES parties (id),
    guest_id INTEGER NOT NULL REFERENCES users (id),
    answer   TEXT    NOT NULL CHECK (answer IN ('seated', 'waitlisted', 'maybe', 'declined', 'invited', 'removed')),
    heads    INTEGER NOT NULL CHECK (heads BETWEEN 0 AND 1000),
    place    INTEGER,
    UNIQUE (party_id, guest_id),
    CHECK ((answer IN ('seated', 'waitlisted')) = (heads > 0)),
    CHECK ((answer IN ('seated', 'waitlisted')) = (place IS NOT NULL))
) STRICT;

CREATE INDEX rsvps_in_order ON rsvps (party_id, answer, place); -- who was seated first, who waits longest
CREATE INDEX rsvps_by_guest ON rsvps (guest_id, answer, party_id); -- where somebody is going
