-- Generated from the server's migrations; `ROHRPOST_WRITE_SCHEMA=1 cargo test -p server --test schema` writes it.
CREATE TABLE authority (
  id BLOB NOT NULL UNIQUE, root_pub BLOB NOT NULL, member_pub BLOB NOT NULL, pass_pub BLOB NOT NULL,
  version INTEGER NOT NULL
);
CREATE TABLE blob (
  id BLOB NOT NULL UNIQUE, size_bytes INTEGER NOT NULL, offset INTEGER NOT NULL,
  write_hash BLOB NOT NULL, read_hash BLOB NOT NULL, delete_hash BLOB NOT NULL, expiry INTEGER
);
CREATE TABLE branch (
  key INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, log INTEGER NOT NULL, parent INTEGER, candidate INTEGER NOT NULL,
  access_pub BLOB NOT NULL, write_pub BLOB, opening BLOB,
  count INTEGER NOT NULL, head BLOB NOT NULL, closed INTEGER NOT NULL
);
CREATE TABLE dead_branch (id BLOB NOT NULL UNIQUE, day INTEGER NOT NULL);
CREATE TABLE deposit (
  inbox INTEGER NOT NULL, hash BLOB NOT NULL, hour INTEGER NOT NULL, by_pass INTEGER NOT NULL, sealed BLOB NOT NULL
);
CREATE TABLE entry (
  branch INTEGER NOT NULL, n INTEGER NOT NULL, kind INTEGER NOT NULL, hour INTEGER NOT NULL,
  env_hash BLOB NOT NULL, erase_hash BLOB, env BLOB
);
CREATE TABLE inbox (key INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, owner_pub BLOB NOT NULL, last_use INTEGER NOT NULL);
CREATE TABLE key_package (inbox INTEGER NOT NULL, last INTEGER NOT NULL, sealed BLOB NOT NULL);
CREATE TABLE log (key INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, ttl_class INTEGER NOT NULL);
CREATE TABLE pass (invite BLOB NOT NULL UNIQUE, state INTEGER NOT NULL, day INTEGER NOT NULL);
CREATE TABLE recovery (id BLOB NOT NULL);
CREATE INDEX blob_by_expiry ON blob(expiry) WHERE expiry IS NOT NULL;
CREATE UNIQUE INDEX branch_by_parent ON branch(parent, candidate) WHERE parent IS NOT NULL;
CREATE INDEX branch_closed ON branch(key) WHERE closed > 0;
CREATE UNIQUE INDEX deposit_by_hash ON deposit(inbox, hash);
CREATE INDEX deposit_by_hour ON deposit(hour);
CREATE INDEX entry_by_hash ON entry(branch, substr(env_hash, 1, 8));
CREATE INDEX entry_by_hour ON entry(hour) WHERE env IS NOT NULL AND kind = 0;
CREATE UNIQUE INDEX entry_by_number ON entry(branch, n);
CREATE INDEX key_package_by_inbox ON key_package(inbox, last);
