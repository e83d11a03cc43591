-- Which usernames look alike, and which are reserved for their former owner: see crates/domain/src/user/look_alike.rs.
--
-- A row step fills the column: crates/store/src/accounts/row_steps/skeletons.rs. It is not unique, since users of an earlier
-- version may have names that look alike.
ALTER TABLE users ADD COLUMN username_skeleton TEXT NOT NULL DEFAULT '';

CREATE INDEX users_by_skeleton ON users (username_skeleton);

-- The names that users have given up. `user_id` refers to no row: a name stays reserved where its user is deleted.
CREATE TABLE former_usernames (
    username_key      TEXT    NOT NULL PRIMARY KEY CHECK (length(username_key) > 0),
    username_skeleton TEXT    NOT NULL CHECK (length(username_skeleton) > 0),
    user_id           BIGINT  NOT NULL, -- the former owner, who may take the name back
    reserved_until    BIGINT  NOT NULL
);

CREATE INDEX former_usernames_by_skeleton ON former_usernames (username_skeleton);
CREATE INDEX former_usernames_by_end ON former_usernames (reserved_until); -- the purge
