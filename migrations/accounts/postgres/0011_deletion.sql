-- The deletion of accounts. A user who asked for it has the first two columns, and a deleted one the last alone. The row of a
-- deleted user stays, for what refers to it: with another name, and an address that is none (crates/store/src/accounts/users/deletion.rs).
ALTER TABLE users ADD COLUMN deletion_requested_at BIGINT;
ALTER TABLE users ADD COLUMN delete_due BIGINT; -- from then on it is completed, and no log-in undoes it
ALTER TABLE users ADD COLUMN deleted_at BIGINT;

CREATE INDEX users_by_delete_due ON users (delete_due, id) WHERE delete_due IS NOT NULL; -- the maintenance task
