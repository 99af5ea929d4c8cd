/**
 * The database step by step: entry n brings it from version n to n + 1. An entry that was released never changes.
 * Instants are Unix ms unless the name says seconds; digests and signatures are 0x hex text.
 */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Who is behind a source's address or bus address, as it was last known: a device in outage keeps its id.
CREATE TABLE devices (
  place TEXT PRIMARY KEY,
  device_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  token_kind TEXT NOT NULL,
  token TEXT NOT NULL,
  identity TEXT NOT NULL,
  algorithms TEXT NOT NULL,
  sources TEXT NOT NULL,
  unproven INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE samples (
  id INTEGER PRIMARY KEY,
  device_id TEXT NOT NULL,
  source TEXT NOT NULL,
  role TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  placed_ms INTEGER,            -- at_ms on the time that windows are cut by; NULL while that time is not known
  monotonic_ms INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  span_ms INTEGER NOT NULL,
  body TEXT NOT NULL,           -- readings, problems, increments as JSON
  unproven INTEGER NOT NULL,
  leaf BLOB NOT NULL
) STRICT;
CREATE INDEX samples_by_place ON samples (placed_ms);
CREATE INDEX samples_waiting ON samples (boot_id) WHERE placed_ms IS NULL;
CREATE INDEX samples_by_device ON samples (device_id, placed_ms);

-- A window that holds samples: open, then folded into a statement, then signed (or left out, with the reason in why).
CREATE TABLE windows (
  start_s INTEGER PRIMARY KEY,
  end_s INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'stated', 'signed', 'left-out')),
  statement BLOB,
  why TEXT
) STRICT;
CREATE INDEX windows_unsigned ON windows (start_s) WHERE state IN ('open', 'stated');

-- The chain and the outbox in one: what was signed, and what the coordinator said to it.
CREATE TABLE attestations (
  era INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  digest TEXT NOT NULL UNIQUE,
  window_start_s INTEGER NOT NULL,
  window_end_s INTEGER NOT NULL,
  body BLOB NOT NULL,           -- SignedAttestation; its signature is zero while the column below is NULL
  signature TEXT,
  answer BLOB,                  -- the receipt or refusal as it came
  receipted_at INTEGER,         -- Unix seconds, the coordinator's word
  refusal TEXT,
  PRIMARY KEY (era, sequence)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX attestations_by_window ON attestations (window_start_s);
CREATE INDEX attestations_by_sequence ON attestations (sequence);
CREATE INDEX attestations_outbox ON attestations (era, sequence) WHERE receipted_at IS NULL AND refusal IS NULL;
CREATE INDEX attestations_unsigned ON attestations (era, sequence) WHERE signature IS NULL;
`,
  `
-- What is doubted of a sample alone (DOUBT bits), and keccak256 of the replies that it was read from where they are kept.
ALTER TABLE samples ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE samples ADD COLUMN reply BLOB;
UPDATE samples SET doubts = 128 WHERE unproven = 1;
CREATE INDEX samples_with_reply ON samples (device_id, id) WHERE reply IS NOT NULL;
CREATE INDEX samples_by_reply ON samples (reply) WHERE reply IS NOT NULL;

-- Verbatim replies of a source, packed and compressed with gzip: one a window.
CREATE TABLE replies (
  hash BLOB PRIMARY KEY,
  body BLOB NOT NULL
) STRICT;
CREATE TRIGGER reply_unused AFTER DELETE ON samples WHEN OLD.reply IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM samples WHERE reply = OLD.reply)
BEGIN
  DELETE FROM replies WHERE hash = OLD.reply;
END;
`,
  `
-- What samples say apart from their numbers; body then holds the numbers alone. NULL: body is JSON with everything.
-- No id is given twice: who has one in memory must never find another shape behind it.
CREATE TABLE shapes (id INTEGER PRIMARY KEY AUTOINCREMENT, shape TEXT NOT NULL UNIQUE) STRICT;
ALTER TABLE samples ADD COLUMN shape INTEGER;
`,
];
