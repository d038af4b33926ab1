-- Leases, and names that are fed by them. They change in one transaction with the names, so that a lease and its name are
-- one. Instants and addresses as in 0001; an instant that never comes is the largest number. Texts are blobs: their octets
-- are often a stranger's choice.

-- 1: a lease of ours brought the name, and `due` is its end (decision 7). Never in a record of another owner.
ALTER TABLE names ADD COLUMN fed INTEGER NOT NULL DEFAULT 0;

-- One row an address, whatever became of its lease (decision 40). Read once, at start.
CREATE TABLE leases (
  address      INTEGER NOT NULL PRIMARY KEY,
  state        INTEGER NOT NULL,  -- 0 active, 1 ended, 2 declined
  client       BLOB    NOT NULL,  -- who has it: option 61, or hardware type and address
  hardware     BLOB    NOT NULL,  -- chaddr: its type (1), then at most 16 octets
  granted      INTEGER NOT NULL,
  due          INTEGER NOT NULL,  -- when the state ends
  scope        BLOB    NOT NULL,  -- by name; it may be gone
  host_name    BLOB    NOT NULL,
  circuit      BLOB    NOT NULL,  -- sub-option 1 of option 82
  bootp        INTEGER NOT NULL,  -- 0 or 1
  neighbour    INTEGER NOT NULL,  -- 1: a neighbour entry was made for it (decision 23)
  name_state   INTEGER NOT NULL,  -- 0 none, 1 pending, 2 registered, 3 refused, 4 the client's own (decision 21)
  netbios_name BLOB    NOT NULL,  -- what was fed or is pending, at most 15 octets
  suffixes     BLOB    NOT NULL,  -- with which suffixes, one octet each
  dns_name     BLOB    NOT NULL   -- as DNS was told; empty: it was not
) STRICT;

-- What administrators made by a tool; the reservations of the configuration file are not here. Exactly one of `hardware`,
-- `client` and `circuit` says for whom it is; the others are NULL, or empty.
CREATE TABLE reservations (
  address     INTEGER NOT NULL PRIMARY KEY,
  scope       BLOB    NOT NULL,
  hardware    BLOB,              -- as in `leases`
  client      BLOB,
  circuit     BLOB    NOT NULL,
  name        BLOB    NOT NULL,  -- host name; empty: the client's
  options     BLOB    NOT NULL,  -- code (1), length (2, big-endian), octets; again and again, in the order of codes
  boot_file   BLOB    NOT NULL,
  boot_name   BLOB    NOT NULL,  -- of the boot server
  boot_server INTEGER NOT NULL,  -- its address, or 0
  lease       INTEGER            -- seconds, the largest number for ever; NULL: as a wider place says
) STRICT;

-- The queue of DNS updates, done in the order of `id` and then deleted.
CREATE TABLE dns_work (
  id         INTEGER NOT NULL PRIMARY KEY,
  is_add     INTEGER NOT NULL,  -- 1: the name gets the address; 0: it loses it
  name       BLOB    NOT NULL,  -- fully qualified
  address    INTEGER NOT NULL,
  is_reverse INTEGER NOT NULL,  -- 1: PTR
  client     BLOB    NOT NULL,  -- for DHCID (RFC 4701), as is
  hardware   BLOB    NOT NULL,
  ttl        INTEGER NOT NULL   -- seconds
) STRICT;
