-- Notes and allergies are removed some time after a party. The mark is set with the first text of a guest and removed with the last by
-- the maintenance task, so that the task finds what is due and reads nothing else (`crates/store/src/parties/texts.rs`).
ALTER TABLE parties ADD COLUMN has_guest_texts INTEGER NOT NULL DEFAULT 0 CHECK (has_guest_texts IN (0, 1));

UPDATE parties SET has_guest_texts = 1
    WHERE id IN (SELECT party_id FROM rsvps WHERE note IS NOT NULL OR allergies IS NOT NULL);

CREATE INDEX parties_with_guest_texts ON parties (ends_at) WHERE has_guest_texts > 0;
