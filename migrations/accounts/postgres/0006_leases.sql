-- Which process does a job that one process does at a time. A process that has died is replaced when its lease has ended.
CREATE TABLE leases (
    name       TEXT    NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    holder     BYTEA   NOT NULL CHECK (length(holder) = 16), -- random bytes of the process
    expires_at BIGINT  NOT NULL
);
