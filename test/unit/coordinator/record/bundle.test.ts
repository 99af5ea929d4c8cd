import t from "tap";
import { rigBundle } from "../../../../coordinator/record/bundle.ts";
import { createProofs } from "../../../../coordinator/record/proofs.ts";
import { DAY, openScene } from "../../../support/record-scene.ts";

const FROM = BigInt(DAY);

t.test("pages end with whole windows and come to an end, however many eras one has", async (t) => {
  const { db, coordinator, rules, rig } = openScene(t.testdir());
  const { signer, attest } = rig();
  for (const era of [1, 2, 3]) attest({ windowStart: FROM, era });
  attest({ windowStart: FROM + 60n, era: 3 });
  for (const era of [3, 4]) attest({ windowStart: FROM + 120n, era });
  const bundler = {
    ...{ db, chainId: 1n, coordinator: coordinator.address, proofs: createProofs(db) },
    windowSeconds: rules.windowSeconds,
  };
  for (const [limit, sizes] of [
    [1, [3, 1, 2]],
    [2, [3, 1, 2]],
    [3, [3, 3]],
    [4, [4, 2]],
    [6, [6]],
  ] as const) {
    const pages: number[] = [];
    for (let from: bigint | undefined = FROM; from !== undefined && pages.length < 10; ) {
      const page = rigBundle(bundler, signer.address, from, FROM + 180n, limit);
      pages.push(page.bundle.attestations.length);
      from = page.next;
    }
    t.strictSame(
      pages.filter((size) => size > 0),
      sizes,
      `limit ${limit}`,
    );
  }
});
