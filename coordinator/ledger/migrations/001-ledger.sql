-- Rigs, what they may do, and every attestation that was believed. Addresses, digests and signatures are 0x hex text.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE rigs (
  rig TEXT PRIMARY KEY,
  key TEXT NOT NULL,              -- the key that signs for it now
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  added_at INTEGER NOT NULL,      -- Unix seconds, as everywhere here
  login_hash TEXT NOT NULL,       -- scrypt of the broker password
  revoked_at INTEGER,
  frozen_at INTEGER,
  frozen_why TEXT,
  instance TEXT,                  -- the instance that holds the current era
  era INTEGER NOT NULL DEFAULT 0, -- the newest era granted; 0 before any
  head_sequence INTEGER,          -- the highest sequence in the ledger
  head_digest TEXT,
  last_seen_at INTEGER,
  online INTEGER,                 -- NULL: not heard since the coordinator started
  whole_below INTEGER NOT NULL DEFAULT 0, -- no sequence below this one is missing
  version TEXT
) STRICT, WITHOUT ROWID;

-- The fence: up to which sequence attestations of older eras are still accepted. Replaced as a whole by each grant.
CREATE TABLE era_limits (
  rig TEXT NOT NULL REFERENCES rigs(rig),
  era INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  PRIMARY KEY (rig, era)
) STRICT, WITHOUT ROWID;

CREATE TABLE attestations (
  rig TEXT NOT NULL REFERENCES rigs(rig),
  era INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  digest TEXT NOT NULL,
  previous TEXT NOT NULL,
  window_start INTEGER NOT NULL,
  window_end INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  body BLOB NOT NULL,             -- the SignedAttestation as it came
  received_at INTEGER NOT NULL,
  receipt_beacon TEXT NOT NULL,
  receipt_signature TEXT NOT NULL,
  PRIMARY KEY (rig, era, sequence)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX attestations_by_window ON attestations (rig, era, window_start);
CREATE INDEX attestations_by_time ON attestations (window_start, rig);
CREATE INDEX attestations_by_sequence ON attestations (rig, sequence);
CREATE UNIQUE INDEX attestations_by_digest ON attestations (digest);

CREATE TABLE refusals (
  rig TEXT NOT NULL,
  era INTEGER NOT NULL,
  sequence INTEGER,               -- NULL: beyond what an honest one can be
  digest TEXT NOT NULL,
  code TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  times INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (rig, digest, code)
) STRICT, WITHOUT ROWID;

-- Two different digests for one place: kept as both halves came.
CREATE TABLE equivocations (
  rig TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('sequence', 'window')),
  kept_digest TEXT NOT NULL,
  other_digest TEXT NOT NULL,
  other_body BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (rig, kept_digest, other_digest)
) STRICT, WITHOUT ROWID;
