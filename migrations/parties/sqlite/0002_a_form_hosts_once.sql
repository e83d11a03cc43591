-- Which form a party was asked for by, where it was one: sent twice, as by two presses on a slow line, it hosts one party.
ALTER TABLE parties ADD COLUMN form TEXT CHECK (length(form) BETWEEN 22 AND 64);

-- With what it asks for: who goes back and changes the form means another party.
CREATE UNIQUE INDEX parties_by_form ON parties (host_id, form, local_time, zone, venue, main_dish, seats);
