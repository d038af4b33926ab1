-- Whose records are ours: the address under which partners know them. What a server said at its first start stays, whatever
-- addresses its host has later; 0: none has started since this column came.
ALTER TABLE counters ADD COLUMN owner INTEGER NOT NULL DEFAULT 0;
