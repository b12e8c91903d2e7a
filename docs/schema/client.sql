-- Generated from the migrations; a test compares it.

CREATE TABLE act (seq INTEGER PRIMARY KEY AUTOINCREMENT, record BLOB NOT NULL) STRICT;

CREATE TABLE attachment (
  id BLOB PRIMARY KEY, message BLOB, name TEXT NOT NULL, media_type TEXT NOT NULL, size_bytes INTEGER NOT NULL,
  padded_bytes INTEGER NOT NULL, sha256 BLOB, key BLOB NOT NULL, blob BLOB NOT NULL, read_secret BLOB NOT NULL,
  write_secret BLOB, delete_secret BLOB, state INTEGER NOT NULL, chunks INTEGER NOT NULL DEFAULT 0,
  moved_bytes INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL DEFAULT 0, wanted INTEGER NOT NULL DEFAULT 0, own INTEGER NOT NULL DEFAULT 0,
  source BLOB
) STRICT;

CREATE INDEX attachment_message ON attachment (message);

CREATE INDEX attachment_source ON attachment (source) WHERE source IS NOT NULL;

CREATE TABLE blob_drop (id BLOB PRIMARY KEY, secret BLOB NOT NULL) STRICT;

CREATE TABLE blob_in (
  id BLOB PRIMARY KEY, read_secret BLOB NOT NULL, offset INTEGER NOT NULL, size_bytes INTEGER NOT NULL, body BLOB NOT NULL,
  purpose INTEGER NOT NULL, context BLOB NOT NULL
) STRICT;

CREATE TABLE blob_out (
  id BLOB PRIMARY KEY, body BLOB NOT NULL, write_secret BLOB NOT NULL, read_secret BLOB NOT NULL, delete_secret BLOB NOT NULL,
  kept BLOB, created INTEGER NOT NULL DEFAULT 0, moved_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE chain (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, certs BLOB NOT NULL) STRICT;

CREATE TABLE claimed (device BLOB PRIMARY KEY, package BLOB NOT NULL, at INTEGER NOT NULL) STRICT;

CREATE TABLE conversation (
  id BLOB PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL, peer BLOB, member INTEGER NOT NULL,
  moderators BLOB NOT NULL, problem INTEGER
) STRICT;

CREATE TABLE deposit_out (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, inbox BLOB NOT NULL, sealed BLOB NOT NULL, pass BLOB, pass_key BLOB
) STRICT;

CREATE TABLE device (
  device BLOB PRIMARY KEY, user BLOB NOT NULL, inbox BLOB NOT NULL, seal_key_hash BLOB NOT NULL, seal_key BLOB,
  user_key BLOB NOT NULL, issuer_key BLOB NOT NULL, cert_ends INTEGER NOT NULL, revoked INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX device_ends ON device (cert_ends);

CREATE INDEX device_user ON device (user);

CREATE TABLE draft (conversation BLOB PRIMARY KEY, draft BLOB NOT NULL) STRICT;

CREATE TABLE epoch (log BLOB NOT NULL, number INTEGER NOT NULL, branch BLOB NOT NULL, authenticator BLOB NOT NULL, moderators BLOB NOT NULL, PRIMARY KEY (log, number)) STRICT;

CREATE INDEX epoch_branch ON epoch (branch);

CREATE TABLE erase_deposit (inbox BLOB NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (inbox, hash)) STRICT;

CREATE TABLE function (function BLOB PRIMARY KEY, record BLOB NOT NULL) STRICT;

CREATE TABLE gap (log BLOB PRIMARY KEY, key BLOB NOT NULL, whole INTEGER NOT NULL) STRICT;

CREATE TABLE inbox (
  id BLOB PRIMARY KEY, owner BLOB NOT NULL, seal_key BLOB, purpose INTEGER NOT NULL, state INTEGER NOT NULL,
  published INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE intent (
  seq INTEGER PRIMARY KEY, conversation BLOB NOT NULL, kind INTEGER NOT NULL, user BLOB NOT NULL,
  not_before INTEGER NOT NULL, UNIQUE (conversation, kind, user)
) STRICT;

CREATE TABLE invite (
  id BLOB PRIMARY KEY, seed BLOB NOT NULL, user BLOB NOT NULL, not_after INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0,
  device BLOB, letter BLOB, user_cert BLOB, issuer_cert BLOB
) STRICT;

CREATE INDEX invite_granted ON invite (device) WHERE used = 3;

CREATE INDEX invite_user ON invite (user);

CREATE TABLE issuer (id BLOB PRIMARY KEY, user BLOB, cert BLOB NOT NULL, record BLOB, revoked INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE key_package (ref BLOB PRIMARY KEY, data BLOB NOT NULL, last INTEGER NOT NULL) STRICT;

CREATE TABLE leaf (log BLOB NOT NULL, device BLOB NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, first INTEGER NOT NULL, PRIMARY KEY (log, device)) STRICT;

CREATE TABLE log (
  id BLOB PRIMARY KEY, kind INTEGER NOT NULL, conversation BLOB, branch BLOB NOT NULL,
  n INTEGER NOT NULL, head BLOB NOT NULL, candidates INTEGER NOT NULL DEFAULT 0,
  secret BLOB NOT NULL, ttl INTEGER NOT NULL, state INTEGER NOT NULL, at_hour INTEGER NOT NULL DEFAULT 0,
  reason INTEGER, tombstones INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX log_branch ON log (branch);

CREATE INDEX log_conversation ON log (conversation);

CREATE TABLE member (conversation BLOB NOT NULL, user BLOB NOT NULL, devices INTEGER NOT NULL, moderator INTEGER NOT NULL, PRIMARY KEY (conversation, user)) STRICT;

CREATE TABLE message (
  position INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, conversation BLOB NOT NULL, sender BLOB NOT NULL,
  device BLOB NOT NULL, sent_at INTEGER NOT NULL, body BLOB, notice INTEGER, state INTEGER NOT NULL, delivery INTEGER NOT NULL,
  log BLOB, branch BLOB, n INTEGER, displayed_at INTEGER, expires_at INTEGER, after_secs INTEGER, verified INTEGER, chain INTEGER,
  files INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX message_conversation ON message (conversation, position);

CREATE INDEX message_expiry ON message (expires_at) WHERE expires_at IS NOT NULL;

CREATE INDEX message_files ON message (conversation, position) WHERE files = 1;

CREATE INDEX message_undisplayed ON message (position) WHERE displayed_at IS NULL AND delivery = 0 AND state = 0;

CREATE INDEX message_unread ON message (conversation, position) WHERE displayed_at IS NULL AND delivery = 0 AND state = 0;

CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

CREATE TABLE mls_group (log BLOB PRIMARY KEY, state BLOB NOT NULL, tree BLOB NOT NULL) STRICT;

CREATE TABLE old_key (branch BLOB PRIMARY KEY, log BLOB NOT NULL, secret BLOB NOT NULL, until INTEGER NOT NULL) STRICT;

CREATE TABLE opened_by (message BLOB NOT NULL, user BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (message, user)) STRICT;

CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, conversation BLOB, log BLOB, message BLOB, body BLOB NOT NULL,
  kind INTEGER NOT NULL, env BLOB, env_hash BLOB, branch BLOB, acked INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX outbox_conversation ON outbox (conversation) WHERE conversation IS NOT NULL;

CREATE INDEX outbox_hash ON outbox (env_hash) WHERE env_hash IS NOT NULL;

CREATE TABLE package_root (d INTEGER PRIMARY KEY, secret BLOB NOT NULL) STRICT;

CREATE TABLE pending_request (invite BLOB PRIMARY KEY, letter BLOB NOT NULL, at INTEGER NOT NULL) STRICT;

CREATE TABLE person (user BLOB PRIMARY KEY, name TEXT NOT NULL, unit BLOB, state INTEGER NOT NULL, revoked INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE raw_envelope (branch BLOB NOT NULL, n INTEGER NOT NULL, env BLOB NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (branch, n)) STRICT;

CREATE INDEX raw_envelope_until ON raw_envelope (until);

CREATE TABLE readd (log BLOB NOT NULL, device BLOB NOT NULL, package BLOB NOT NULL, branch BLOB, n INTEGER NOT NULL, PRIMARY KEY (log, device)) STRICT;

CREATE TABLE receipt (message BLOB PRIMARY KEY, conversation BLOB NOT NULL, due INTEGER NOT NULL) STRICT;

CREATE TABLE renewal (log BLOB PRIMARY KEY, due INTEGER NOT NULL, active INTEGER NOT NULL) STRICT;

CREATE TABLE reset (log BLOB PRIMARY KEY, old_log BLOB NOT NULL, rank BLOB NOT NULL, statement BLOB NOT NULL) STRICT;

CREATE INDEX reset_old ON reset (old_log);

CREATE TABLE revocation (user BLOB PRIMARY KEY, statement BLOB NOT NULL) STRICT;

CREATE TABLE seen_deposit (hash BLOB PRIMARY KEY, until INTEGER NOT NULL) STRICT;

CREATE TABLE silent (log BLOB NOT NULL, device BLOB NOT NULL, due INTEGER NOT NULL, tries INTEGER NOT NULL, PRIMARY KEY (log, device)) STRICT;

CREATE TABLE sqlite_sequence(name,seq);

CREATE TABLE staged (
  log BLOB PRIMARY KEY, branch BLOB NOT NULL, candidate INTEGER NOT NULL, env BLOB NOT NULL, env_hash BLOB NOT NULL,
  next_keys BLOB NOT NULL, secrets BLOB NOT NULL, next_secret BLOB NOT NULL, tree_blob BLOB, done INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE staged_welcome (log BLOB NOT NULL, device BLOB NOT NULL, inbox BLOB NOT NULL, letter BLOB NOT NULL, seal_key BLOB NOT NULL) STRICT;

CREATE TABLE stuck (log BLOB PRIMARY KEY, reason INTEGER NOT NULL, since INTEGER NOT NULL, next INTEGER NOT NULL, tries INTEGER NOT NULL, number INTEGER NOT NULL, committer BLOB) STRICT;

CREATE TABLE unit (unit BLOB PRIMARY KEY, name TEXT NOT NULL) STRICT;

CREATE TABLE welcome_in (log BLOB NOT NULL, branch BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY (log, branch)) STRICT;
