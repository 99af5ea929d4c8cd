import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { tokenBundle } from "../../../../coordinator/record/bundle.ts";
import { nextEpoch } from "../../../../coordinator/record/close.ts";
import type { DeviceRow } from "../../../../proto/attestation.ts";
import { at, bundlerOf, closeDue, FROM, failed, token } from "../../../support/bundle-scene.ts";
import {
  DAY,
  deviceRow,
  GPU_A,
  GPU_B,
  openScene,
  type Scene,
  type SceneRig,
} from "../../../support/record-scene.ts";

const IDLE: Partial<DeviceRow> = {
  known: 0,
  hashes: 0n,
  observedMilliseconds: 0,
  energyJoules: 0n,
  powerSource: 0,
  sharesAccepted: 0n,
  shareWork: 0n,
};
const rowOf = (id: string, algorithm: string | null): DeviceRow[] =>
  algorithm === null ? [] : [deviceRow({ id, algorithm, ...(algorithm === "" ? IDLE : {}) })];

const allocation = fc.record({
  rig: fc.nat(1),
  tokenId: fc.bigInt({ min: 1n, max: 3n }),
  device: fc.constantFrom("", "", GPU_A, GPU_B),
  algorithm: fc.constantFrom("", "", "kawpow", "ethash"),
  denominator: fc.bigInt({ min: 2n, max: 5n }),
  from: fc.nat(25),
  windows: fc.integer({ min: 1, max: 30 }),
});
/** What a device does in a window: mines an algorithm, is there and idle, or is not listed. */
const act = fc.constantFrom("kawpow", "ethash", "kawpow", "", null);
const window = fc.record({
  rig: fc.nat(1),
  window: fc.nat(29),
  a: act,
  b: act,
  // Epochs that have closed when it comes.
  late: fc.constantFrom(0, 0, 0, 1, 2),
  isBad: fc.constantFrom(false, false, false, false, true),
});
const life = fc.record({
  allocations: fc.array(allocation, { minLength: 1, maxLength: 6 }),
  windows: fc.uniqueArray(window, {
    selector: (w) => `${w.rig}:${w.window}`,
    maxLength: 30,
  }),
});
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

function attest(rigs: readonly SceneRig[], windows: Life["windows"], epoch: number): void {
  for (const { rig, window, a, b, late, isBad } of windows) {
    if (Math.floor(window / 10) + late !== epoch) continue;
    const receivedAt = DAY + Math.max((window + 1) * 60, epoch * 600) + 7;
    const devices = [...rowOf(GPU_A, a), ...rowOf(GPU_B, b)];
    const observed = isBad ? devices.map((d) => ({ ...d, observedMilliseconds: 60_001 })) : devices;
    rigs[rig]?.attest({ windowStart: at(window), devices: observed }, receivedAt);
  }
}

/** Lives three epochs; answers their bundles. */
function live(scene: Scene, { allocations, windows }: Life): unknown[] {
  const rigs = [scene.rig("one"), scene.rig("two")];
  for (const { rig, from, windows: count, ...wanted } of allocations) {
    const range = { fromTime: at(from), toTime: at(from + count) };
    // One that would give away more than the whole is refused, and is not there.
    rigs[rig]?.allocate({ ...wanted, promisedHashrate: 3n, ...range });
  }
  return [0, 1, 2].flatMap((epoch) => {
    attest(rigs, windows, epoch);
    const start = FROM + BigInt(epoch * 600);
    // An epoch in which nothing was allocated or attested is not closed.
    if (nextEpoch(scene.db, scene.rules)?.start !== start) return [];
    closeDue(scene);
    const bundles = [1n, 2n, 3n].map((id) => tokenBundle(bundlerOf(scene), token(id), start));
    return bundles.filter((bundle) => bundle !== undefined);
  });
}

t.test("whatever a coordinator recorded by its rules holds in every link", async (t) => {
  const directory = t.testdir();
  let held = 0;
  fc.assert(
    fc.property(life, (one) => {
      const scene = openScene(mkdtempSync(join(directory, "scene-")));
      try {
        for (const bundle of live(scene, one)) {
          const wrong = failed(JSON.parse(JSON.stringify(bundle)));
          if (wrong.length > 0) throw new Error(wrong.join("\n"));
          held += 1;
        }
      } finally {
        scene.db.close();
      }
    }),
    { numRuns: 15 },
  );
  t.ok(held > 15, `${held} bundles`);
});
