import { createHmac } from "node:crypto";
import { join } from "node:path";
import { keccak256 } from "ethers";
import t from "tap";
import { beaconAt, createBeacon } from "../../../../coordinator/fleet/beacon.ts";
import { hashPassword, isPassword, newPassword } from "../../../../coordinator/fleet/login.ts";
import {
  addRig,
  freezeRig,
  getRig,
  listRigs,
  loginHashOf,
  unfreezeRig,
} from "../../../../coordinator/fleet/rigs.ts";
import { openLedger } from "../../../../coordinator/ledger/open.ts";
import type { Hex } from "../../../../proto/hex.ts";

const rig: Hex = `0x${"01".repeat(20)}`;
const owner: Hex = `0x${"02".repeat(20)}`;
const other: Hex = `0x${"03".repeat(20)}`;

t.test("a rig is added once and its key is its address", async (t) => {
  const db = openLedger(join(t.testdir(), "ledger.db"));
  t.after(() => db.close());
  const row = { rig, owner, name: "shed", loginHash: "h", addedAt: 5 };
  addRig(db, row);
  t.throws(() => addRig(db, { ...row, owner: other }), { code: "rig-exists" });
  addRig(db, { ...row, rig: other, addedAt: 4 });
  t.match(getRig(db, rig), { rig, key: rig, owner, name: "shed", era: 0, online: null });
  t.notOk("login_hash" in (getRig(db, rig) ?? {}));
  t.same(
    listRigs(db).map((one) => one.rig),
    [other, rig],
  );
  t.equal(loginHashOf(db, rig), "h");
  t.equal(loginHashOf(db, owner), undefined);
  t.equal(getRig(db, owner), undefined);
});

t.test("a frozen rig keeps its first reason until a person lets it go", async (t) => {
  const db = openLedger(join(t.testdir(), "ledger.db"));
  t.after(() => db.close());
  addRig(db, { rig, owner, name: "shed", loginHash: "h", addedAt: 5 });
  t.throws(() => unfreezeRig(db, rig), { code: "rig-not-frozen" });
  t.throws(() => unfreezeRig(db, other), { code: "rig-unknown" });
  freezeRig(db, rig, "first", 10);
  freezeRig(db, rig, "second", 20);
  t.match(getRig(db, rig), { frozen_at: 10, frozen_why: "first" });
  unfreezeRig(db, rig);
  t.match(getRig(db, rig), { frozen_at: null, frozen_why: null });
});

t.test("a password is known by its hash alone", async (t) => {
  const password = newPassword();
  const stored = await hashPassword(password);
  t.notMatch(stored, password);
  t.not(await hashPassword(password), stored, "each hash has its own salt");
  t.equal(await isPassword(password, stored), true);
  t.equal(await isPassword(`${password}x`, stored), false);
  t.equal(await isPassword("", stored), false);
  for (const broken of ["", "scrypt$1024$8$1$$", stored.slice(0, -1), `x${stored}`]) {
    t.equal(await isPassword(password, broken), false, broken);
  }
});

t.test("a beacon stands for a minute, and only for one who has the secret", async (t) => {
  const secret: Hex = `0x${"17".repeat(32)}`;
  let now = 1_700_000_039;
  const beacon = createBeacon(secret, () => now);
  const minute = Buffer.alloc(8);
  minute.writeBigUInt64BE(BigInt(Math.floor(now / 60)));
  const hmac = createHmac("sha256", Buffer.alloc(32, 0x17)).update(minute).digest();
  const first = beacon();
  t.equal(first, keccak256(hmac));
  now = Math.floor(now / 60) * 60 + 59;
  t.equal(beacon(), first);
  now += 1;
  t.not(beacon(), first);
  t.equal(beacon(), beaconAt(Buffer.alloc(32, 0x17), now));
  t.not(beaconAt(Buffer.alloc(32, 0x18), now), beacon());
});
