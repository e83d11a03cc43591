-- Where a user is from, as the registration form asks. A user who left the field blank has no row.
CREATE TABLE homes (
    user_id INTEGER NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    place   TEXT    NOT NULL CHECK (length(place) BETWEEN 1 AND 200)
) STRICT;
