-- A user has a bounded number of former usernames, and exports them.
CREATE INDEX former_usernames_by_user ON former_usernames (user_id, reserved_until);
