import t from "tap";
import { judge } from "../../../../agent/status/health.ts";
import { MINER, snapshotOf } from "../../../support/status-snapshot.ts";

const { delivery } = snapshotOf();

t.test("a rig that measures and delivers is ok", async (t) => {
  t.strictSame(judge(snapshotOf()), { level: "ok", reasons: [] });
});

t.test("a fault that stops the work comes first and is broken", async (t) => {
  const faults = [
    { code: "store-failed", message: "One.", stopsWork: false },
    { code: "attest-other-chain", message: "Two.", stopsWork: true },
  ] as const;
  t.strictSame(judge(snapshotOf({ faults })), { level: "broken", reasons: ["Two.", "One."] });
});

t.test("each thing that wants a look is a reason in words", async (t) => {
  const { atMs: _, ...outage } = {
    ...MINER,
    state: "outage" as const,
    sampleAgeMs: 65_000,
    atMs: 0,
  };
  const cases = [
    [{ clock: { trusted: false } }, /clock of this machine is plainly wrong/],
    [{ clock: { trusted: true, offsetMs: -300_000 } }, /off by 5 min/],
    [{ delivery: { ...delivery, connected: false } }, /no connection/],
    [{ delivery: { ...delivery, oldestUnreceiptedMs: 1_900_000 } }, /waited 31 min 40 s/],
    [{ devices: [] }, /No device is known/],
    [{ devices: [outage] }, /antminer-1 is in outage: last answered 1 min 5 s ago/],
  ] as const;
  for (const [changes, reason] of cases) {
    const { level, reasons } = judge(snapshotOf(changes));
    t.equal(level, "warning", String(reason));
    t.equal(reasons.length, 1, String(reason));
    t.match(reasons[0], reason);
  }
});

t.test("an era that was not granted yet is said only while connected", async (t) => {
  const { era: _, ...without } = delivery;
  t.match(judge(snapshotOf({ delivery: without })).reasons, [/not granted an era/]);
  t.equal(judge(snapshotOf({ delivery: { ...without, connected: false } })).reasons.length, 1);
});

t.test("a clock that is a little off and a fresh outbox are nothing to report", async (t) => {
  const changes = {
    clock: { trusted: true, offsetMs: 119_000 },
    delivery: { ...delivery, oldestUnreceiptedMs: 1_799_000 },
  };
  t.equal(judge(snapshotOf(changes)).level, "ok");
});

t.test("a whole site in outage is one line", async (t) => {
  const devices = Array.from({ length: 12 }, () => ({ ...MINER, state: "outage" as const }));
  t.strictSame(judge(snapshotOf({ devices })).reasons, ["12 of 12 devices are in outage."]);
});
