import t from "tap";
import { finish } from "../../../../coordinator/record/steps.ts";
import {
  createLook,
  type Judgement,
  judge,
  type Known,
  type LedgerRow,
} from "../../../../coordinator/record/verdicts.ts";
import type { Attestation } from "../../../../proto/attestation.ts";
import { type Hex, ZERO_32, ZERO_ADDRESS } from "../../../../proto/hex.ts";
import { deviceRow } from "../../../support/record-scene.ts";

const RULES = { windowSeconds: 60, epochStart: 6000n };
const name = (n: number, era = 1): Hex => `0x${(era * 1000 + n).toString(16).padStart(64, "0")}`;

function row(n: number, over: Partial<Attestation> = {}, receivedAt?: number): LedgerRow {
  const windowStart = over.windowStart ?? 6000n + BigInt(n) * 60n;
  const attestation: Attestation = {
    rig: ZERO_ADDRESS,
    key: ZERO_ADDRESS,
    coordinator: ZERO_ADDRESS,
    era: 1,
    sequence: BigInt(n),
    previous: n === 0 ? ZERO_32 : name(n - 1),
    windowStart,
    windowEnd: windowStart + 60n,
    flags: 0,
    beacon: ZERO_32,
    samplesRoot: ZERO_32,
    evidenceRoot: ZERO_32,
    devices: [deviceRow()],
    ...over,
  };
  return {
    attestation,
    digest: name(n, attestation.era),
    signature: "0x",
    receivedAt: receivedAt ?? Number(attestation.windowEnd) + 5,
  };
}

function known(rows: readonly LedgerRow[], countedBefore: readonly bigint[] = []): Known {
  return {
    digestsAt: (n) => rows.filter((r) => r.attestation.sequence === n).map((r) => r.digest),
    isCounted: (start) => countedBefore.includes(start),
  };
}

function judged(rows: readonly LedgerRow[], countedBefore: readonly bigint[] = []): Judgement[] {
  const seen = rows.map(createLook(RULES));
  return finish(judge(seen, known(rows, countedBefore), RULES));
}

function said(
  rows: readonly LedgerRow[],
  countedBefore: readonly bigint[] = [],
): [string, boolean][] {
  return judged(rows, countedBefore).map(({ verdicts, counted }) => [verdicts.join(), counted]);
}

t.test("an unbroken chain on the grid has nothing said of it and counts", async (t) => {
  t.strictSame(said([row(0), row(1), row(2)]), [
    ["", true],
    ["", true],
    ["", true],
  ]);
});

t.test("each fault has its verdict, and only some cost the window", async (t) => {
  const strange = `0x${"77".repeat(32)}` as const;
  const cases: [string, LedgerRow, string, boolean][] = [
    ["a sequence is missing before it", row(3), "gap", true],
    ["it names another one before it", row(1, { previous: strange }), "previous-mismatch", true],
    ["the first one names one before it", row(0, { previous: strange }), "previous-mismatch", true],
    ["too long", row(1, { windowEnd: 6180n }), "bad-window", false],
    ["too short", row(1, { windowEnd: 6119n }), "bad-window", false],
    ["off the grid", row(1, { windowStart: 6061n, windowEnd: 6121n }), "bad-window", false],
    [
      "observed for longer than it lasts",
      row(1, { devices: [deviceRow({ observedMilliseconds: 60_001 })] }),
      "bad-window",
      false,
    ],
    ["ended long after it came", row(1, {}, 5999), "window-in-future", false],
    ["ended 120 s after it came", row(1, {}, 6000), "", true],
    [
      "more hashes than any device makes",
      row(1, { devices: [deviceRow({ hashes: 2n ** 256n - 1n })] }),
      "implausible",
      false,
    ],
    [
      "more energy than any device draws",
      row(1, { devices: [deviceRow({ energyJoules: 2n ** 64n - 1n })] }),
      "implausible",
      false,
    ],
    ["of an epoch before", row(1, { windowStart: 5940n, windowEnd: 6000n }), "late", true],
  ];
  for (const [about, subject, verdicts, counted] of cases) {
    const rows = subject.attestation.sequence === 1n ? [row(0), subject] : [subject];
    t.strictSame(said(rows).at(-1), [verdicts, counted], about);
  }
});

t.test(
  "of two attestations of one window the first receipted counts, whatever its place",
  async (t) => {
    const later = row(1, { era: 2, sequence: 2n, previous: name(1), windowStart: 6060n }, 6130);
    const sooner = row(1, {}, 6125);
    const rows = [row(0), later, sooner];
    t.strictSame(
      judged(rows).map((j) => [j.row.digest, j.verdicts.join(), j.counted]),
      [
        [name(0), "", true],
        [sooner.digest, "", true],
        [later.digest, "window-overlap", false],
      ],
    );
  },
);

t.test("a window that an epoch before counted does not count again", async (t) => {
  t.strictSame(said([row(0)], [6000n]), [["window-overlap", false]]);
});

t.test("a window that is not countable does not take another one's place", async (t) => {
  const long = row(
    1,
    { era: 2, sequence: 2n, previous: name(1), windowStart: 6060n, windowEnd: 6180n },
    6121,
  );
  t.strictSame(said([row(0), row(1), long]), [
    ["", true],
    ["", true],
    ["bad-window", false],
  ]);
});

t.test("what stands on each side of a break counts, and the break is shown once", async (t) => {
  t.strictSame(said([row(0), row(1), row(5), row(6)]), [
    ["", true],
    ["", true],
    ["gap", true],
    ["", true],
  ]);
});
