-- How often the password of a user was changed. A log-in opens its session only if the version is still the one at which its
-- password was verified. In `users`, not in `credentials`: the commit that opens a session locks this row, and reads no other.
ALTER TABLE users ADD COLUMN password_version BIGINT NOT NULL DEFAULT 0 CHECK (password_version >= 0);
