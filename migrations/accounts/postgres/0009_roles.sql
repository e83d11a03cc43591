-- The roles of users: names of what a user may do, such as `admin`. The embedder decides what a role means.
CREATE TABLE user_roles (
    user_id BIGINT  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role    TEXT    NOT NULL CHECK (length(role) BETWEEN 1 AND 32),
    PRIMARY KEY (user_id, role)
);
