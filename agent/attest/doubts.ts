import { hashesPerDifficulty } from "../../proto/algorithms.ts";
import { DOUBT } from "../../proto/attestation.ts";
import { type FoldableSample, type Integral, overlapMs, type Window, wholeOf } from "./integral.ts";

/** A claim is compared only where samples stand for most of the window: elsewhere the two sides span different times. */
const MIN_OBSERVED = 0.9;
/** Share work and hashes: a part of the hashes, or so many standard errors of the share count, whichever is greater. */
const WORK_TOLERANCE = 0.12;
const WORK_STANDARD_ERRORS = 4;
/** Boards and their total: real devices differ by up to 3 %, since the two are means over different times. */
const BOARDS_TOLERANCE = 0.1;
/** Joules per hash against the model's rated ones: what tuning reaches in either direction stays inside. */
const EFFICIENCY = { least: 0.55, most: 1.8 } as const;

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

/** `DOUBT` bits on a claim: work against hashes, boards against their total, and what its samples are doubted for. */
export function doubtsOnClaim(claim: Claim, samples: readonly FoldableSample[]): number {
  const own = samples.reduce((all, { doubts }) => all | doubts, 0);
  return (
    own |
    ((observed(claim) && workDisagrees(claim)) || lifetimeDisagrees(claim)
      ? DOUBT.workDisagrees
      : 0) |
    (boardsDisagree(claim) ? DOUBT.boardsDisagree : 0) |
    (mostChipsDead(samples, claim.window) ? DOUBT.deadChips : 0)
  );
}

function workDisagrees({ hashes, work, accepted }: Claim): boolean {
  if (hashes === undefined || work === undefined || accepted === undefined) return false;
  return isBeyond(Number(work), Number(hashes), Number(accepted));
}

/** Work of so many shares against the hashes that are claimed for it. */
function isBeyond(work: number, hashes: number, shares: number): boolean {
  if (shares <= 0) return false;
  const tolerance = Math.max(WORK_TOLERANCE, WORK_STANDARD_ERRORS / Math.sqrt(shares));
  return Math.abs(work - hashes) > tolerance * hashes;
}

/**
 * The device's own totals: its mean since start × uptime against all accepted difficulty. Of real devices that were
 * recorded they agree within 0.91 to 1.03; a unit that is mislabelled or an average that is made up does not.
 */
function lifetimeDisagrees({ rate, algorithm }: Claim): boolean {
  const newest = rate.samples.at(-1);
  const perDifficulty = hashesPerDifficulty(algorithm);
  if (newest === undefined || perDifficulty === undefined) return false;
  const average = wholeOf(newest, "hashrate_average", algorithm);
  const uptime = wholeOf(newest, "uptime")?.value ?? 0;
  const difficulty = wholeOf(newest, "difficulty_accepted", algorithm)?.value;
  const shares = wholeOf(newest, "shares_accepted", algorithm)?.value ?? 0;
  if (average?.averagedSeconds !== "start" || difficulty === undefined || uptime <= 0) return false;
  return isBeyond(difficulty * Number(perDifficulty), average.value * uptime, shares);
}

/** Compares the same samples only: a board that is left out of one reply is no disagreement. */
function boardsDisagree({ rate, window, algorithm }: Claim): boolean {
  let [ofBoards, ofTotals, ms] = [0, 0, 0];
  for (const sample of rate.samples) {
    const boards = sample.readings.filter(
      (reading) =>
        reading.metric === "hashrate" &&
        /^board\/\d+$/.test(reading.part) &&
        (reading.algorithm ?? "") === algorithm,
    );
    const whole = sample.readings.find(
      (reading) =>
        reading.metric === "hashrate" &&
        reading.part === "" &&
        (reading.algorithm ?? "") === algorithm,
    );
    if (boards.length === 0 || whole === undefined) continue;
    const overlap = overlapMs(sample, window);
    ofBoards += boards.reduce((sum, { value }) => sum + value, 0) * overlap;
    ofTotals += whole.value * overlap;
    ms += overlap;
  }
  if (ms < (window.endMs - window.startMs) / 2) return false;
  return Math.abs(ofBoards - ofTotals) > BOARDS_TOLERANCE * Math.max(ofTotals, ofBoards);
}

/** By the newest sample that counts chips: at least half of those that there should be do nothing. */
function mostChipsDead(samples: readonly FoldableSample[], { startMs, endMs }: Window): boolean {
  const counting = samples.filter(
    ({ placedMs, readings }) =>
      placedMs >= startMs &&
      placedMs < endMs &&
      readings.some(({ metric }) => metric === "chips_expected"),
  );
  const newest = counting.at(-1);
  if (newest === undefined) return false;
  const parts = new Set(
    newest.readings.filter(({ metric }) => metric === "chips_expected").map(({ part }) => part),
  );
  const sum = (metric: string): number =>
    newest.readings
      .filter((reading) => reading.metric === metric && parts.has(reading.part))
      .reduce((total, { value }) => total + value, 0);
  return sum("chips_expected") > 0 && sum("chips_working") <= sum("chips_expected") / 2;
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
