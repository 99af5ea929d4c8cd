-- What the ledger amounts to: owners' allocations, judgements of attestations, closed epochs and their records.
-- Numbers that may be beyond 64 bits are decimal text.
CREATE TABLE allocations (
  digest TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  rig TEXT NOT NULL REFERENCES rigs(rig),
  device TEXT NOT NULL,           -- empty: each of the rig's devices
  algorithm TEXT NOT NULL,        -- empty: each algorithm
  collection TEXT NOT NULL,
  token_id TEXT NOT NULL,
  numerator TEXT NOT NULL,
  denominator TEXT NOT NULL,
  from_time INTEGER NOT NULL,
  to_time INTEGER NOT NULL,
  promised_hashrate TEXT NOT NULL,
  signature TEXT NOT NULL,
  added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX allocations_by_rig ON allocations (rig, to_time);
CREATE INDEX allocations_by_token ON allocations (collection, token_id);
CREATE INDEX allocations_by_time ON allocations (to_time, from_time);

-- Attestations that no epoch has judged yet. A trigger fills it, so that one is never missed and never judged twice.
CREATE TABLE pending (
  window_start INTEGER NOT NULL,
  rig TEXT NOT NULL,
  era INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (rig, window_start, era, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_by_time ON pending (window_start, received_at);
INSERT INTO pending (window_start, rig, era, sequence, received_at)
  SELECT window_start, rig, era, sequence, received_at FROM attestations;
CREATE TRIGGER attestation_is_pending AFTER INSERT ON attestations BEGIN
  INSERT INTO pending (window_start, rig, era, sequence, received_at)
  VALUES (new.window_start, new.rig, new.era, new.sequence, new.received_at);
END;

CREATE TABLE judgements (
  rig TEXT NOT NULL,
  era INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  digest TEXT NOT NULL UNIQUE,
  window_start INTEGER NOT NULL,
  epoch_start INTEGER NOT NULL,   -- the epoch that accounts for it; for a late one not the epoch of its window
  counted INTEGER NOT NULL CHECK (counted IN (0, 1)),
  verdicts TEXT NOT NULL,         -- codes with commas between
  PRIMARY KEY (rig, era, sequence)
) STRICT, WITHOUT ROWID;
-- No window of a rig counts twice, whatever the program does.
CREATE UNIQUE INDEX judgements_count_once ON judgements (rig, window_start) WHERE counted = 1;
CREATE INDEX judgements_by_epoch ON judgements (epoch_start, rig);

-- What a device mined when it last did, so that an idle or silent one is missed under the right name.
CREATE TABLE rig_devices (
  rig TEXT NOT NULL,
  device TEXT NOT NULL,
  listed_epoch INTEGER NOT NULL,  -- the newest epoch in which the rig listed it
  algorithms TEXT NOT NULL,       -- as a JSON array; empty when it never mined
  PRIMARY KEY (rig, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE epochs (
  epoch_start INTEGER PRIMARY KEY,
  epoch_end INTEGER NOT NULL,
  window_seconds INTEGER NOT NULL,
  closed_at INTEGER NOT NULL,
  root TEXT NOT NULL
) STRICT;

CREATE TABLE records (
  epoch_start INTEGER NOT NULL REFERENCES epochs(epoch_start),
  collection TEXT NOT NULL,
  token_id TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  epoch_end INTEGER NOT NULL,
  hashes TEXT NOT NULL,
  correction TEXT NOT NULL,
  promised_hashes TEXT NOT NULL,
  observed_seconds INTEGER NOT NULL,
  expected_seconds INTEGER NOT NULL,
  energy_joules TEXT NOT NULL,
  grade INTEGER NOT NULL,
  windows_counted INTEGER NOT NULL,
  windows_expected INTEGER NOT NULL,
  windows_root TEXT NOT NULL,
  cumulative_hashes TEXT NOT NULL,
  leaf TEXT NOT NULL,
  PRIMARY KEY (collection, token_id, epoch_start, algorithm)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_by_epoch ON records (epoch_start);
