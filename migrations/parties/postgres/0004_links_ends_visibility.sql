-- What an invitation by a link needs: the end, details, the address, the users who may find the party, the link's token, and
-- the number of changes that calendars must learn of. Tokens and search keys are computed in Rust, in batches after this
-- file (`crates/store/src/parties/row_steps.rs`). The checks are the last line; the rules are Rust's.
ALTER TABLE parties ADD COLUMN ends_at BIGINT NOT NULL DEFAULT 0; -- milliseconds, at most 72 hours after `starts_at`
ALTER TABLE parties ADD COLUMN details TEXT CHECK (length(details) BETWEEN 1 AND 2000); -- NULL: none
ALTER TABLE parties ADD COLUMN address TEXT CHECK (length(address) BETWEEN 1 AND 300); -- NULL: none; for seated guests only
ALTER TABLE parties ADD COLUMN visibility TEXT NOT NULL DEFAULT 'listed'
    CHECK (visibility IN ('listed', 'by-link', 'by-invitation'));
ALTER TABLE parties ADD COLUMN invitation TEXT CHECK (length(invitation) = 22); -- 128 random bits in base64url
ALTER TABLE parties ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0 CHECK (sequence >= 0); -- RFC 5545, 3.8.7.4

-- The default of 5 hours, within the last time that has a local time in every zone.
UPDATE parties SET ends_at = greatest(starts_at + 1, least(starts_at + 18000000, 253402207200000));

CREATE UNIQUE INDEX parties_by_invitation ON parties (invitation);

-- The idempotency key of a form holds for one content. The content has texts that are too long for an index, so that the index
-- has its SHA-256. It is NULL for a party that an earlier version added.
ALTER TABLE parties ADD COLUMN form_digest BYTEA CHECK (octet_length(form_digest) = 32);
DROP INDEX parties_by_form;
CREATE UNIQUE INDEX parties_by_form ON parties (host_id, form, form_digest);

-- Lists find listed parties, and offers find scheduled ones with a free seat: a party that is unlisted or full is in no part of
-- an index that they read. The end is in each, so that a party that is over is passed without reading its row. The other
-- conditions of an offer are in its index for the same reason.
-- PostgreSQL then changes a row without touching its indexes as long as the party has a free seat before and after.
ALTER TABLE parties ADD COLUMN has_free_seat BIGINT NOT NULL
    GENERATED ALWAYS AS (CASE WHEN taken < seats THEN 1 ELSE 0 END) STORED;
DROP INDEX parties_to_come;
DROP INDEX parties_past;
DROP INDEX parties_to_come_by_host;
DROP INDEX parties_past_by_host;
CREATE INDEX parties_listed ON parties (starts_at, id, ends_at) WHERE visibility = 'listed';
CREATE INDEX parties_listed_latest ON parties (starts_at DESC, id, ends_at) WHERE visibility = 'listed';
CREATE INDEX parties_with_a_seat ON parties (has_free_seat, starts_at, id, rsvp_deadline, host_id)
    WHERE visibility = 'listed' AND state = 'scheduled';
CREATE INDEX parties_of_host ON parties (host_id, starts_at, id, ends_at);
CREATE INDEX parties_of_host_latest ON parties (host_id, starts_at DESC, id, ends_at);
CREATE INDEX parties_listed_of_host ON parties (host_id, starts_at, id, ends_at) WHERE visibility = 'listed';
CREATE INDEX parties_listed_of_host_latest ON parties (host_id, starts_at DESC, id, ends_at) WHERE visibility = 'listed';
