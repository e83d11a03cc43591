-- Messages of hosts to their guests. A reader is found by the present answer: no row for each recipient. Ids are the party's own, as in
-- its history.
CREATE TABLE party_messages (
    party_id    BIGINT NOT NULL REFERENCES parties (id),
    id          BIGINT NOT NULL CHECK (id >= 1), -- within the party, in order
    at          BIGINT NOT NULL,
    audience    TEXT   NOT NULL CHECK (length(audience) BETWEEN 1 AND 40), -- of coming, waiting, maybe, invited: separated by spaces
    recipients  BIGINT NOT NULL CHECK (recipients >= 1), -- guests with those answers then
    text        TEXT   NOT NULL CHECK (length(text) BETWEEN 1 AND 1000),
    form        TEXT CHECK (length(form) BETWEEN 22 AND 64), -- the idempotency key
    form_digest BYTEA  NOT NULL CHECK (octet_length(form_digest) = 32), -- SHA-256 of the audience and the text
    PRIMARY KEY (party_id, id)
);

CREATE UNIQUE INDEX party_messages_by_form ON party_messages (party_id, form, form_digest);

-- A message is an entry of the history: `parts` has its audience.
ALTER TABLE party_history ADD COLUMN recipients BIGINT CHECK (recipients >= 1); -- of `message`
ALTER TABLE party_history DROP CONSTRAINT party_history_kind_check;
ALTER TABLE party_history DROP CONSTRAINT party_history_check3; -- of `parts`
ALTER TABLE party_history ADD CHECK (kind IN ('answer', 'edited', 'seats', 'cancelled', 'restored', 'message'));
ALTER TABLE party_history ADD CHECK ((kind IN ('edited', 'message')) = (parts IS NOT NULL));
ALTER TABLE party_history ADD CHECK ((kind = 'message') = (recipients IS NOT NULL));
