-- Whom a row of a list names: the two who were seated first, as `ben/1 cleo/2` (a name holds neither). Kept beside `taken`,
-- in the same commit: looked up anew for each row they cost as much as the rest of a list (docs/adr/0010). The longest are
-- two names of 64 code points.
ALTER TABLE parties ADD COLUMN first_guests TEXT NOT NULL DEFAULT '' CHECK (length(first_guests) <= 140);

UPDATE parties SET first_guests = (
    SELECT coalesce(string_agg(guest, ' '), '') FROM (
        SELECT username || '/' || heads AS guest FROM rsvps JOIN users ON users.id = guest_id
        WHERE party_id = parties.id AND answer = 'seated' ORDER BY place LIMIT 2
    ) AS guests
);
