-- What limits attempts: counters of any key, and where users have logged in before.
--
-- A key is a digest: it neither contains an address nor what was typed as a name, which may be a password.
CREATE TABLE throttles (
    key        BLOB    NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    count      INTEGER NOT NULL CHECK (count BETWEEN 0 AND 4294967295),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX throttles_by_expiry ON throttles (expires_at); -- the purge

-- The digest only: a stolen table is no cookie.
CREATE TABLE known_browsers (
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest     BLOB    NOT NULL CHECK (length(digest) = 32),
    failures   INTEGER NOT NULL CHECK (failures BETWEEN 0 AND 4), -- the fifth removes the row
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX known_browsers_by_expiry ON known_browsers (expires_at); -- the purge

CREATE TABLE known_networks (
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    network    TEXT    NOT NULL CHECK (length(network) BETWEEN 1 AND 64),
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, network)
) STRICT, WITHOUT ROWID;

CREATE INDEX known_networks_by_expiry ON known_networks (expires_at); -- the purge

-- Where users have logged in before this version: otherwise strangers could keep them out at first.
INSERT INTO known_networks (user_id, network, expires_at)
SELECT user_id, network, max(created_at) + 7776000000 FROM sessions -- 90 days
WHERE length(network) BETWEEN 1 AND 64 GROUP BY user_id, network;
