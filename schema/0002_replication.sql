-- What replication has to remember. It changes in the transactions of the names, so that how far an owner is known and
-- what its records became are one. Instants, addresses and versions as in 0001.

-- How far each owner is known: everything up to `known` was asked for and decided, also what was not kept.
CREATE TABLE owners (
  owner    INTEGER NOT NULL PRIMARY KEY,
  known    INTEGER NOT NULL,
  filtered INTEGER NOT NULL  -- 1: only 1B names and internet groups were asked for, so the rest is not known
) WITHOUT ROWID, STRICT;

-- Replicas that contest a name of ours and wait for its client to be asked; one for each name and owner. A start asks
-- again. The columns are those of `names`; `batch` is missing, for nothing refreshes them.
CREATE TABLE pending (
  name    BLOB    NOT NULL,
  scope   BLOB    NOT NULL,
  type    INTEGER NOT NULL,
  state   INTEGER NOT NULL,
  node    INTEGER NOT NULL,
  static  INTEGER NOT NULL,
  owner   INTEGER NOT NULL,
  version INTEGER NOT NULL,
  due     INTEGER NOT NULL,
  members BLOB    NOT NULL,
  PRIMARY KEY (name, scope, owner)
) WITHOUT ROWID, STRICT;

-- The value of `restores` when our version counter was last known to be above whatever partners hold of us. Another
-- value of `restores` says that a copy took the place of what they knew; -1, that the database is new. In both cases
-- they are asked before a version is given out.
ALTER TABLE counters ADD COLUMN recovered_restores INTEGER NOT NULL DEFAULT -1;

-- A database that a server has loaded since it was made or restored goes on from where it is. One that was restored
-- from a copy of the old schema has versions, but no start.
UPDATE counters SET recovered_restores = restores WHERE starts > 0;
