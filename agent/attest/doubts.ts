import { hashesPerDifficulty } from "../../proto/algorithms.ts";
import { DOUBT } from "../../proto/attestation.ts";
import { AFTER_GAP } from "../core/sample.ts";
import { type FoldableSample, type Integral, overlapMs, type Window, wholeOf } from "./integral.ts";

/** A claim is compared only where samples stand for most of the window: elsewhere the two sides span different times. */
const MIN_OBSERVED = 0.9;
/** Share work and hashes: a part of the hashes, or so many standard errors of the share count, whichever is greater. */
const WORK_TOLERANCE = 0.12;
const WORK_STANDARD_ERRORS = 4;
/** Work for so long without one share that a pool took, in seconds: no pool's difficulty asks for that. */
const SHARELESS_S = 3600;
/** Boards and their total: real devices differ by up to 3 %, since the two are means over different times. */
const BOARDS_TOLERANCE = 0.1;
/** Joules per hash against the model's rated ones: what tuning reaches in either direction stays inside. */
const EFFICIENCY = { least: 0.55, most: 1.8 } as const;

const BOARD = /^board\/\d+$/;

/** What one device claims to have done in a window with one algorithm. */
export interface Claim {
  readonly window: Window;
  /** The hashrate over the window, of one source. */
  readonly rate: Integral;
  readonly algorithm: string;
  readonly hashes: bigint | undefined;
  /** Share work in hashes, and how many shares it is of. */
  readonly work: bigint | undefined;
  readonly accepted: bigint | undefined;
}

const observed = ({ rate, window }: Claim): boolean =>
  rate.ms >= MIN_OBSERVED * (window.endMs - window.startMs);

/** A counter ran on in an outage: its first growth after it is of more time than the samples stand for. */
const afterGap = ({ rate, window }: Claim): boolean =>
  rate.samples.some(
    ({ doubts, placedMs }) => (doubts & AFTER_GAP) !== 0 && placedMs >= window.startMs,
  );

/** `DOUBT` bits on a claim: work against hashes, boards against their total, and what its samples are doubted for. */
export function doubtsOnClaim(claim: Claim, samples: readonly FoldableSample[]): number {
  const own = samples.reduce((all, { doubts }) => all | doubts, 0) & ~AFTER_GAP;
  return (
    own |
    ((observed(claim) && !afterGap(claim) && workDisagrees(claim)) || lifetimeDisagrees(claim)
      ? DOUBT.workDisagrees
      : 0) |
    (boardsDisagree(claim) ? DOUBT.boardsDisagree : 0) |
    (mostChipsDead(samples, claim.window) ? DOUBT.deadChips : 0)
  );
}

/** What the totals of a device say of a share: its mean work in hashes; undefined where there was none, or no total. */
function shareWorkOf({ rate, algorithm }: Claim): number | undefined {
  const newest = rate.samples.at(-1);
  const perDifficulty = hashesPerDifficulty(algorithm);
  if (newest === undefined || perDifficulty === undefined) return undefined;
  const difficulty = wholeOf(newest, "difficulty_accepted", algorithm)?.value ?? 0;
  const shares = wholeOf(newest, "shares_accepted", algorithm)?.value ?? 0;
  return difficulty > 0 && shares > 0 ? (difficulty / shares) * Number(perDifficulty) : undefined;
}

function workDisagrees(claim: Claim): boolean {
  const { hashes, work, accepted } = claim;
  if (hashes === undefined || work === undefined || accepted === undefined) return false;
  const each = accepted > 0n ? Number(work) / Number(accepted) : shareWorkOf(claim);
  return each !== undefined && isBeyond(Number(work), Number(hashes), each);
}

/** Work against the hashes that are claimed for it. Chance is judged by how many shares the claim should have brought. */
function isBeyond(work: number, hashes: number, each: number): boolean {
  const tolerance = Math.max(WORK_TOLERANCE, WORK_STANDARD_ERRORS / Math.sqrt(hashes / each));
  return Math.abs(work - hashes) > tolerance * hashes;
}

/**
 * The device's own totals: its mean since start × uptime against all accepted difficulty. Of real devices that were
 * recorded they agree within 0.91 to 1.03; a unit that is mislabelled or an average that is made up does not. Nor does
 * an hour of work for which no pool has taken a share.
 */
function lifetimeDisagrees(claim: Claim): boolean {
  const { rate, algorithm } = claim;
  const newest = rate.samples.at(-1);
  const perDifficulty = hashesPerDifficulty(algorithm);
  if (newest === undefined || perDifficulty === undefined) return false;
  const average = wholeOf(newest, "hashrate_average", algorithm);
  const uptime = wholeOf(newest, "uptime")?.value ?? 0;
  const difficulty = wholeOf(newest, "difficulty_accepted", algorithm)?.value;
  if (average?.averagedSeconds !== "start" || average.value <= 0 || difficulty === undefined)
    return false;
  const each = shareWorkOf(claim);
  if (each === undefined) return difficulty === 0 && uptime >= SHARELESS_S;
  return isBeyond(difficulty * Number(perDifficulty), average.value * uptime, each);
}

/** Compares samples that tell all boards: one that is left out of a reply is no disagreement. */
function boardsDisagree({ rate, window, algorithm }: Claim): boolean {
  const boardsOf = ({ readings, problems }: FoldableSample) =>
    problems?.some(({ metric, part }) => metric === "hashrate" && BOARD.test(part))
      ? []
      : readings.filter(
          (reading) =>
            reading.metric === "hashrate" &&
            BOARD.test(reading.part) &&
            (reading.algorithm ?? "") === algorithm,
        );
  const most = Math.max(0, ...rate.samples.map((sample) => boardsOf(sample).length));
  let [ofBoards, ofTotals, ms] = [0, 0, 0];
  for (const sample of rate.samples) {
    const boards = boardsOf(sample);
    const whole = sample.readings.find(
      (reading) =>
        reading.metric === "hashrate" &&
        reading.part === "" &&
        (reading.algorithm ?? "") === algorithm,
    );
    if (most === 0 || boards.length < most || whole === undefined) continue;
    const overlap = overlapMs(sample, window);
    ofBoards += boards.reduce((sum, { value }) => sum + value, 0) * overlap;
    ofTotals += whole.value * overlap;
    ms += overlap;
  }
  if (ms < (window.endMs - window.startMs) / 2) return false;
  return Math.abs(ofBoards - ofTotals) > BOARDS_TOLERANCE * Math.max(ofTotals, ofBoards);
}

/** Chips that there should be by part, and those that work, of the parts that say both: either alone says nothing. */
function chipsOf({ readings }: FoldableSample): { expected: number; working: number } {
  const working = new Map(
    readings.flatMap(({ metric, part, value }) =>
      metric === "chips_working" ? [[part, value] as const] : [],
    ),
  );
  const sums = { expected: 0, working: 0 };
  for (const { metric, part, value } of readings) {
    const ofPart = working.get(part);
    if (metric !== "chips_expected" || ofPart === undefined) continue;
    sums.expected += value;
    sums.working += ofPart;
  }
  return sums;
}

/** By the newest sample that counts chips: at least half of those that there should be do nothing. */
function mostChipsDead(samples: readonly FoldableSample[], { startMs, endMs }: Window): boolean {
  const newest = samples
    .filter(({ placedMs }) => placedMs >= startMs && placedMs < endMs)
    .map(chipsOf)
    .findLast(({ expected }) => expected > 0);
  return newest !== undefined && newest.working <= newest.expected / 2;
}

/**
 * The doubt about a device's energy: joules per hash far outside of what its model is rated at. `rated` is in J per hash;
 * undefined where the model is not known, and nothing is said then.
 */
export function doubtOnEfficiency(
  claim: Claim,
  energyJoules: bigint | undefined,
  energyMs: number,
  rated: number | undefined,
): number {
  const { hashes, window } = claim;
  const enough = energyMs >= MIN_OBSERVED * (window.endMs - window.startMs);
  if (rated === undefined || energyJoules === undefined || !hashes || !enough || !observed(claim))
    return 0;
  const ratio = Number(energyJoules) / Number(hashes) / rated;
  return ratio < EFFICIENCY.least || ratio > EFFICIENCY.most ? DOUBT.efficiency : 0;
}
