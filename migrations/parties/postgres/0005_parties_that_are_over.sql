-- A list reads the parties that are not over in the order of their starts. Other users decide how many began within the last
-- 72 hours and are over, so that these are in another part of the indexes. The mark is late at times, and a statement that reads
-- by it looks for the rows where it differs from the end, by two more indexes (`crates/store/src/parties/over_marks.rs`).
ALTER TABLE parties ADD COLUMN is_over BIGINT NOT NULL DEFAULT 0 CHECK (is_over IN (0, 1));
UPDATE parties SET is_over = 1 WHERE visibility = 'listed' AND ends_at <= extract(epoch FROM now()) * 1000;

-- `is_over < 1` instead of `= 0`: a statement that says the same uses this index, and none of those below.
CREATE INDEX parties_to_mark ON parties (ends_at, starts_at, id, host_id) WHERE visibility = 'listed' AND is_over < 1;
CREATE INDEX parties_marked ON parties (ends_at, starts_at, id, host_id) WHERE visibility = 'listed' AND is_over > 0;
DROP INDEX parties_listed;
DROP INDEX parties_listed_latest;
DROP INDEX parties_listed_of_host;
DROP INDEX parties_listed_of_host_latest;
CREATE INDEX parties_listed ON parties (starts_at, id, ends_at) WHERE visibility = 'listed' AND is_over = 0;
CREATE INDEX parties_listed_latest ON parties (starts_at DESC, id, ends_at) WHERE visibility = 'listed' AND is_over = 1;
CREATE INDEX parties_listed_of_host ON parties (host_id, starts_at, id, ends_at)
    WHERE visibility = 'listed' AND is_over = 0;
CREATE INDEX parties_listed_of_host_latest ON parties (host_id, starts_at DESC, id, ends_at)
    WHERE visibility = 'listed' AND is_over = 1;
