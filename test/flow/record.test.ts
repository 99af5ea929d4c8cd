import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import t, { type Test } from "tap";
import { checkBundle } from "../../agent/commands/verify/check-bundle.ts";
import { leafPaths, withOtherLeaf } from "../support/bundle-paths.ts";
import {
  type PlainAttestation,
  type PlainBundle,
  type PlainRecordPart,
  saysKnown,
} from "../support/bundle-shape.ts";
import { expectedRecord, type RecordGround } from "../support/expected-record.ts";
import { COLLECTION } from "../support/flow-world.ts";
import {
  EPOCH,
  INTERVAL_MS,
  type Life,
  liveThroughAnEpoch,
  ONE_ALGORITHM,
  ONE_DEVICE,
  THIRD,
  TWO_THIRDS,
  tokenPath,
  WINDOW,
} from "../support/lived-epoch.ts";
import { Random } from "../support/random.ts";
import { expectedRow, type KnownMachine, type TakenReply } from "../support/served-replies.ts";
import {
  digestByEthers,
  RECORD_LEAF,
  recordLeafValues,
  signerByEthers,
} from "../support/typed-by-ethers.ts";

const ALGORITHMS = ["etchash", "randomx", "sha256d"];
/** Of GPUs, and of boards that measure themselves; stock Antminers do not say what they draw. */
const METERED = /^(trex|lolminer|axeos)/;
const sumOf = (values: readonly bigint[]): bigint => values.reduce((sum, one) => sum + one, 0n);

/** What an epoch's records must be worked out from. */
function groundOf(life: Life, epochStart: bigint): RecordGround {
  const epochEnd = epochStart + BigInt(EPOCH);
  const { machines, allocations, all } = life;
  return {
    ...{ epochStart, epochEnd, machines, allocations },
    windowSeconds: BigInt(WINDOW),
    collection: COLLECTION,
    attestations: all.attestations.filter(({ statement: { windowStart: at } }) => {
      return BigInt(at) >= epochStart && BigInt(at) < epochEnd;
    }),
  };
}

/** What a machine truly did and drew in a range of Unix seconds. */
function trueWork({ site }: Life, { source, key }: KnownMachine, from: bigint, to: bigint) {
  const at = (seconds: bigint) => {
    const truth = site.device(source).truth(Number(seconds) * 1000, key);
    if (truth === undefined) throw new Error(`nothing is known of ${source} at ${seconds}`);
    return truth;
  };
  const [start, end] = [at(from), at(to)];
  return { hashes: Number(end.hashes - start.hashes), joules: end.joules - start.joules };
}

const recordOf = (bundle: PlainBundle, algorithm: string): PlainRecordPart | undefined =>
  bundle.records.find(({ record }) => record["algorithm"] === algorithm);

/** Relative difference from what should be. */
const off = (found: number, wanted: number): number => Math.abs(found / wanted - 1);

/** The agent's clock and the simulator's agree so far on when a reply was taken. */
const NEAR_MS = 150;

function checkRow(
  t: Test,
  machine: KnownMachine,
  taken: readonly TakenReply[],
  { statement }: PlainAttestation,
): void {
  const row = statement.devices.find(({ id }) => id === machine.id);
  const startMs = Number(statement.windowStart) * 1000;
  const endMs = Number(statement.windowEnd) * 1000;
  const name = `${machine.source} ${machine.key} at ${statement.windowStart}`;
  if (row === undefined) return void t.fail(`${name} is not listed`);
  const wanted = expectedRow(machine, taken, startMs, endMs, INTERVAL_MS);
  if (wanted.samples === 0 && wanted.observedMs === 0)
    return void t.notOk(saysKnown(row, 0), `${name}: nothing was served, nothing is known`);
  const counter = (bit: number, value: string) => (saysKnown(row, bit) ? BigInt(value) : undefined);
  t.strictSame(
    {
      algorithm: row.algorithm,
      samples: Number(row.samples),
      accepted: counter(3, row.sharesAccepted),
      rejected: counter(4, row.sharesRejected),
      work: counter(5, row.shareWork),
    },
    {
      algorithm: machine.algorithm,
      samples: wanted.samples,
      accepted: wanted.accepted,
      rejected: wanted.rejected,
      work: wanted.work,
    },
    `${name}: counters are exact`,
  );
  const nearMs = Math.abs(Number(row.observedMilliseconds) - Math.min(wanted.observedMs, 10_000));
  t.ok(nearMs <= NEAR_MS, `${name}: observed for ${row.observedMilliseconds} ms, off by ${nearMs}`);
  // Of a window that a device was seen in for a moment alone, the moment may as well be none.
  if (wanted.observedMs <= NEAR_MS) return;
  const rate = (hashes: number, ms: number): number => hashes / Math.max(1, ms);
  const found = rate(Number(row.hashes), Number(row.observedMilliseconds));
  const served = rate(wanted.hashes, wanted.observedMs);
  const rateOff = Math.abs(found - served) / Math.max(1, served);
  t.ok(rateOff <= 0.01, `${name}: hashes as they were served, off by ${rateOff}`);
}

// An epoch of a minute, up to another one before it, and its grace.
const PATIENCE_MS = 280_000;
t.setTimeout(PATIENCE_MS);

t.test("devices → agent → broker → coordinator → record", { timeout: PATIENCE_MS }, async (t) => {
  const life = await liveThroughAnEpoch(t);
  const { machines, epochStart, epochEnd, all, taken } = life;
  const epochs = {
    before: groundOf(life, epochStart - BigInt(EPOCH)),
    whole: groundOf(life, epochStart),
  };

  await t.test("each window is attested once and lists each machine under its id", (t) => {
    const starts = all.attestations.map(({ statement }) => BigInt(statement.windowStart));
    const first = starts[0] ?? 0n;
    t.ok(first < epochStart, "it began before the epoch");
    t.strictSame(
      starts,
      starts.map((_start, i) => first + BigInt(i * WINDOW)),
    );
    t.equal(epochs.whole.attestations.length, EPOCH / WINDOW);
    const ids = machines.map(({ id }) => id).sort();
    t.equal(ids.length, 10);
    for (const { statement } of epochs.whole.attestations) {
      t.strictSame(
        statement.devices.map(({ id }) => id),
        ids,
        statement.windowStart,
      );
    }
    t.end();
  });

  await t.test("each row says what was served, share for share", (t) => {
    for (const attestation of all.attestations) {
      for (const machine of machines) {
        checkRow(t, machine, taken.get(machine.id) ?? [], attestation);
      }
    }
    const found = epochs.whole.attestations.flatMap(({ statement }) => statement.devices);
    t.ok(sumOf(found.map((row) => BigInt(row.sharesAccepted))) > 200n, "there were shares");
    t.ok(sumOf(found.map((row) => BigInt(row.sharesRejected))) > 0n, "some were rejected");
    t.ok(
      found.every((row) => saysKnown(row, 0) && saysKnown(row, 3) && saysKnown(row, 4)),
      "hashes and shares are known of each",
    );
    t.end();
  });

  await t.test("a device that restarted is seen for less time and counts anew", (t) => {
    const axeos = machines.find(({ source }) => source === "axeos-1");
    const after = all.attestations.at(-1)?.statement.devices.find(({ id }) => id === axeos?.id);
    t.ok(Number(after?.observedMilliseconds) < 9000, `${after?.observedMilliseconds} ms`);
    const counts = (taken.get(axeos?.id ?? "") ?? []).map(({ shares }) => shares.sharesAccepted);
    t.ok(
      counts.some((count, i) => (count ?? 0) < (counts[i - 1] ?? 0)),
      "its counter fell",
    );
    t.end();
  });

  await t.test("hashes and energy are within 1 % and 2 % of what was truly done", (t) => {
    for (const machine of machines) {
      const truth = trueWork(life, machine, epochStart, epochEnd);
      const rows = epochs.whole.attestations.flatMap(({ statement }) =>
        statement.devices.filter(({ id }) => id === machine.id),
      );
      const hashes = Number(sumOf(rows.map((row) => BigInt(row.hashes))));
      const name = `${machine.source} ${machine.key}`;
      t.ok(off(hashes, truth.hashes) < 0.01, `${name}: ${hashes} of ${truth.hashes} H`);
      const joules = Number(sumOf(rows.map((row) => BigInt(row.energyJoules))));
      const metered = METERED.test(machine.source);
      t.equal(
        rows.every((row) => saysKnown(row, 1)),
        metered,
        `${name}: whether its draw is known`,
      );
      if (metered)
        t.ok(off(joules, truth.joules) < 0.02, `${name}: ${joules} of ${truth.joules} J`);
    }
    t.end();
  });

  await t.test("each record of the whole epoch is what the rows come to", async (t) => {
    const parts = new Map<string, PlainRecordPart>();
    for (const tokenId of [THIRD, TWO_THIRDS]) {
      const bundle = await life.epochBundle(tokenId, epochStart);
      t.strictSame(
        bundle.records.map(({ record }) => record["algorithm"]),
        ALGORITHMS,
      );
      const earlier =
        tokenId === THIRD ? await life.epochBundle(tokenId, epochStart - BigInt(EPOCH)) : undefined;
      for (const algorithm of ALGORITHMS) {
        const before = earlier && recordOf(earlier, algorithm)?.record["hashes"];
        const found = recordOf(bundle, algorithm);
        const wanted = expectedRecord(epochs.whole, tokenId, algorithm, BigInt(before ?? 0));
        t.strictSame(found?.record, wanted, `token ${tokenId}, ${algorithm}`);
        if (found) parts.set(`${tokenId} ${algorithm}`, found);
      }
    }
    for (const algorithm of ALGORITHMS) {
      const mine = machines.filter((machine) => machine.algorithm === algorithm);
      const truth = mine.reduce(
        (sum, machine) => sum + trueWork(life, machine, epochStart, epochEnd).hashes,
        0,
      );
      const record = (token: bigint) => parts.get(`${token} ${algorithm}`)?.record ?? {};
      const [third, rest] = [record(THIRD), record(TWO_THIRDS)];
      t.ok(off(Number(third["hashes"]), truth / 3) < 0.01, `${algorithm}: a third`);
      t.ok(off(Number(rest["hashes"]), (truth * 2) / 3) < 0.01, `${algorithm}: two thirds`);
      const rows = epochs.whole.attestations.flatMap(({ statement }) =>
        statement.devices.filter((row) => row.algorithm === algorithm),
      );
      for (const field of ["hashes", "energyJoules"] as const) {
        t.equal(
          BigInt(third[field] ?? 0) + BigInt(rest[field] ?? 0),
          sumOf(rows.map((row) => BigInt(row[field]))),
          `${algorithm}: ${field} add up to the last one`,
        );
      }
      t.equal(third["windowsCounted"], String(mine.length * (EPOCH / WINDOW)));
      t.equal(third["windowsExpected"], third["windowsCounted"]);
    }
    t.equal(parts.get(`${THIRD} randomx`)?.record["grade"], "1", "its shares speak for it");
    t.equal(
      parts.get(`${THIRD} sha256d`)?.record["grade"],
      "0",
      "not all shares have a difficulty",
    );
  });

  await t.test(
    "a part of one device and a part of one algorithm have their own records",
    async (t) => {
      const wanted = [
        [THIRD, ALGORITHMS],
        [ONE_DEVICE, ["sha256d"]],
        [ONE_ALGORITHM, ["etchash"]],
      ] as const;
      for (const [tokenId, algorithms] of wanted) {
        const bundle = await life.epochBundle(tokenId, epochs.before.epochStart);
        t.strictSame(
          bundle.records.map(({ record }) => record),
          algorithms.map((algorithm) => expectedRecord(epochs.before, tokenId, algorithm, 0n)),
          `token ${tokenId}`,
        );
      }
      await t.rejects(life.epochBundle(ONE_DEVICE, epochStart), /404/, "it ended with the epoch");
    },
  );

  await t.test("the epoch's root, leaves and proofs are OpenZeppelin's own", async (t) => {
    for (const [start, tokens] of [
      [epochStart, [THIRD, TWO_THIRDS]],
      [epochs.before.epochStart, [THIRD, ONE_DEVICE, ONE_ALGORITHM]],
    ] as const) {
      const bundles = await Promise.all(tokens.map((token) => life.epochBundle(token, start)));
      const parts = bundles.flatMap(({ records }) => records);
      const tree = StandardMerkleTree.of(
        parts.map(({ record }) => recordLeafValues(record)),
        RECORD_LEAF,
      );
      for (const { record, leaf, root, proof } of parts) {
        const values = recordLeafValues(record);
        t.equal(root, tree.root);
        t.equal(leaf, tree.leafHash(values));
        t.ok(StandardMerkleTree.verify(root, RECORD_LEAF, values, [...proof]));
      }
    }
  });

  await t.test("signatures, receipts and the chain hold by ethers alone", (t) => {
    let previous: string | undefined;
    for (const { statement, digest, signature, receipt } of all.attestations) {
      const { signature: receiptSignature, ...message } = receipt;
      t.equal(digestByEthers("Attestation", statement), digest);
      t.equal(signerByEthers("Attestation", statement, signature), life.rig);
      t.equal(statement.key, life.rig);
      t.equal(signerByEthers("Receipt", message, receiptSignature), life.coordinator.address);
      t.equal(receipt["digest"], digest);
      if (previous !== undefined) t.equal(statement.previous, previous);
      previous = digest;
    }
    t.end();
  });

  await t.test("the bundle passes the check, and no leaf of it can be changed", async (t) => {
    const bundle = await life.epochBundle(THIRD, epochStart);
    const pins = {
      rig: life.rig,
      owner: life.owner,
      coordinator: life.coordinator.address,
      root: bundle.records[0]?.root ?? "",
    };
    const failing = (document: unknown): string[] =>
      checkBundle(document, pins).flatMap(({ ok, name }) => (ok ? [] : [name]));
    t.strictSame(failing(bundle), []);
    const paths = leafPaths(bundle);
    t.ok(paths.length > 900, `${paths.length} leaves`);
    const random = new Random(1905);
    for (let i = 0; i < 30; i += 1) {
      const path = random.pick(paths);
      const [link] = failing(withOtherLeaf(bundle, path));
      t.match(link, /^(bundle|attestation|chain|allocation|record)/, path.join("."));
    }
  });

  await t.test("the token's metadata shows the same records", async (t) => {
    const bundle = await life.epochBundle(TWO_THIRDS, epochStart);
    const shown = await life.coordinator.get<{
      simulated: boolean;
      records: { record: object; root: string }[];
    }>(tokenPath(TWO_THIRDS));
    t.equal(shown.simulated, true);
    t.strictSame(
      shown.records.map(({ record }) => record),
      bundle.records.map(({ record }) => record),
    );
  });

  await t.test("nothing went wrong on the way", (t) => {
    t.strictSame(life.agent.log.said("error"), []);
    const faults = [...life.agent.meter.counts.keys()].filter((name) =>
      /errors|refusals/.test(name),
    );
    // The one device that was restarted did not answer for a while.
    t.strictSame(faults, ["rig_errors_total driver-unreachable"]);
    // Said at each start on loopback, and no fault.
    const worrying = life.coordinator.log.lines.filter(
      ({ level, message }) => /error|warn/.test(level) && !/^Operator pages are open/.test(message),
    );
    t.strictSame(worrying, []);
    t.end();
  });
});
