-- The name database. Every instant is in milliseconds of the server's own timeline (see counters.clock_now), every
-- IPv4 address an integer in host order, every version the 64 bits of an unsigned number.

-- One row a name. Read once, at start, in the order of the key; a page of the administrator's list is a range of it.
-- No second index: each would cost a page write per registration.
CREATE TABLE names (
  name    BLOB    NOT NULL,  -- 16 octets, the last of them the suffix
  scope   BLOB    NOT NULL,  -- dotted, without the leading dot, at most 239 octets; empty for almost every name
  type    INTEGER NOT NULL,  -- 0 unique, 1 normal group, 2 special group, 3 multihomed (MS-WINSRA 2.2.10.1)
  state   INTEGER NOT NULL,  -- 0 active, 1 released, 2 tombstone
  node    INTEGER NOT NULL,  -- 0 B, 1 P, 2 M, 3 H
  static  INTEGER NOT NULL,  -- 0 or 1
  owner   INTEGER NOT NULL,  -- the server whose version this is
  version INTEGER NOT NULL,
  due     INTEGER NOT NULL,  -- when the next state begins
  batch   INTEGER NOT NULL,  -- the batch that wrote the row last; a logged refresh of an older batch is void
  -- The members, big-endian, in one of three forms that the length tells apart:
  --   4 octets: one address; owner and due are the row's.
  --   8 octets: one address and its owner; due is the row's.
  --   16 octets each, at most 25: address (4), owner (4), due (8).
  -- Empty: a group that keeps no address.
  members BLOB    NOT NULL,
  PRIMARY KEY (name, scope)
) WITHOUT ROWID, STRICT;

-- Refreshes that change only `due`, one row a batch: 25 octets a refresh instead of the page its name lies on.
-- They are folded into `names` in the order of the key, so that many share a page, and then deleted. One holds if
-- its batch is newer than its name's row; the newest wins; of a name that is gone it says nothing.
-- `packed`: name (16), due (8, big-endian), length of the scope (1), scope; again and again.
CREATE TABLE refreshes (
  batch  INTEGER PRIMARY KEY,
  packed BLOB NOT NULL
) STRICT;

-- One row, changed by every transaction.
CREATE TABLE counters (
  id         INTEGER PRIMARY KEY CHECK (id = 0),
  version    INTEGER NOT NULL,  -- the last version given to a record of ours
  batch      INTEGER NOT NULL,  -- counts the transactions, so that one whose outcome is in doubt can be recognised
  clock_now  INTEGER NOT NULL,  -- the timeline at the last transaction, and
  clock_wall INTEGER NOT NULL,  -- Unix milliseconds at that moment; 0: never marked
  identity   TEXT    NOT NULL,  -- 128 random bits, made with the database and kept by its copies
  starts     INTEGER NOT NULL,  -- how often a server loaded it since it was made or restored
  restores   INTEGER NOT NULL   -- how often a copy of it took its place: what partners hold may be newer
) STRICT;

INSERT INTO counters VALUES (0, 0, 0, 0, 0, lower(hex(randomblob(16))), 0, 0);
