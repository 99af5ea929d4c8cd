import type { Reading, Report } from "../../../agent/core/reading.ts";
import type { MetricName } from "../../../proto/metrics.ts";
import type { Expected } from "./expected.ts";
import type { Quantity } from "./family.ts";

/** What became of one quantity that both read: undefined where they agree, else both in words. */
export type Compared = Readonly<Partial<Record<Quantity, string | undefined>>>;

/** Sensors of which the whole of theirs must hold ours; what else we read, others often do not. */
const CHIEF: readonly MetricName[] = ["chip_temperature", "board_temperature"];
const TEMPERATURE = /_temperature$/;

/** Compares what is in a recording with our reports of it. Only what they say is in the outcome. */
export function compare(reports: readonly Report[], expected: Expected): Compared {
  const { hashrate, temperatures, fans, power, shares } = expected;
  return {
    ...(hashrate === undefined ? {} : { hashrate: compareHashrate(reports, hashrate) }),
    ...(temperatures === undefined
      ? {}
      : { temperatures: compareTemperatures(reports, temperatures) }),
    ...(fans === undefined ? {} : { fans: compareFans(reports, fans) }),
    ...(power === undefined ? {} : { power: comparePower(reports, power) }),
    ...(shares === undefined ? {} : { shares: compareShares(reports, shares) }),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
const isNear = (ours: number, theirs: number, slack: number): boolean =>
  Math.abs(ours - theirs) <= slack;
const words = (ours: readonly number[], theirs: readonly number[]): string =>
  `we read ${ours.join(" ") || "nothing"}, they ${theirs.join(" ") || "nothing"}`;

const allOf = (reports: readonly Report[], wanted: (reading: Reading) => boolean): Reading[] =>
  reports.flatMap(({ readings }) => readings.filter(wanted));

/**
 * What a source as a whole shows of a metric, by algorithm: what stands on the source itself, else the sum over its
 * devices.
 */
function totals(reports: readonly Report[], metric: MetricName): number[] {
  const isWhole = (reading: Reading): boolean => reading.metric === metric && reading.part === "";
  const own = reports.filter(
    ({ key, readings }) => key === "" && readings.some((reading) => isWhole(reading)),
  );
  const found = allOf(own.length > 0 ? own : reports, isWhole);
  const algorithms = [...new Set(found.map(({ algorithm }) => algorithm))];
  return algorithms.map((algorithm) =>
    sum(found.filter((reading) => reading.algorithm === algorithm).map(({ value }) => value)),
  );
}

function compareHashrate(
  reports: readonly Report[],
  { value, slack }: NonNullable<Expected["hashrate"]>,
): string | undefined {
  const ours = totals(reports, "hashrate");
  // Theirs is 0 where nothing is done and where nothing is known.
  if (value === 0 && ours.every((one) => one === 0)) return undefined;
  const isSame = ours.some((one) => isNear(one, value, value * 0.01 + slack));
  return isSame ? undefined : words(ours, [value]);
}

// Most of theirs are whole degrees and whole turns, cut or rounded.
const roundedAt = (theirs: number): number => (Number.isInteger(theirs) ? 0.999 : 0.05);

function compareTemperatures(
  reports: readonly Report[],
  { values, complete }: NonNullable<Expected["temperatures"]>,
): string | undefined {
  const ours = allOf(reports, ({ metric }) => TEMPERATURE.test(metric));
  const chief = ours.filter(({ metric }) => CHIEF.includes(metric)).map(({ value }) => value);
  const hottest = Math.max(...values);
  const hasHottest =
    hottest === 0 || ours.some(({ value }) => isNear(value, hottest, roundedAt(hottest)));
  const areTheirs = chief.every((one) =>
    values.some((theirs) => isNear(one, theirs, roundedAt(theirs))),
  );
  if (hasHottest && (areTheirs || !complete)) return undefined;
  return words(
    ours.map(({ value }) => value),
    values,
  );
}

function compareFans(
  reports: readonly Report[],
  fans: NonNullable<Expected["fans"]>,
): string | undefined {
  if ("count" in fans) {
    // They count a power supply's own fan among the supply's.
    const speeds = allOf(
      reports,
      ({ metric, part }) => metric === "fan_speed" && !part.startsWith("supply/"),
    );
    return speeds.length === fans.count
      ? undefined
      : `we read ${speeds.length} fans, they ${fans.count}`;
  }
  const isTurns = fans.unit === "rpm";
  const ours = allOf(reports, ({ metric }) => metric === (isTurns ? "fan_speed" : "fan_duty")).map(
    ({ value }) => (isTurns ? value : value * 100),
  );
  const areTheirs = ours.every((one) =>
    fans.values.some((theirs) => isNear(one, theirs, roundedAt(theirs))),
  );
  const areOurs = fans.values
    .filter((theirs) => theirs !== 0)
    .every((theirs) => ours.some((one) => isNear(one, theirs, roundedAt(theirs))));
  return areTheirs && areOurs ? undefined : words(ours, fans.values);
}

function comparePower(reports: readonly Report[], theirs: number): string | undefined {
  // Input and output of one supply are two readings of which they have one.
  const single = allOf(reports, ({ metric }) => metric === "power").map(({ value }) => value);
  const ours = [...totals(reports, "power"), ...single];
  return ours.some((one) => isNear(one, theirs, theirs * 0.01)) ? undefined : words(ours, [theirs]);
}

/** Shares of the whole by algorithm, else of all its parts together: shares of parts add up. */
function sharesIn(reports: readonly Report[], metric: MetricName): number[] {
  const whole = totals(reports, metric);
  if (whole.length > 0) return whole;
  const parts = allOf(reports, (reading) => reading.metric === metric).map(({ value }) => value);
  return parts.length === 0 ? [] : [sum(parts)];
}

function compareShares(
  reports: readonly Report[],
  { accepted, rejected }: NonNullable<Expected["shares"]>,
): string | undefined {
  const ours = sharesIn(reports, "shares_accepted");
  const refused = sharesIn(reports, "shares_rejected");
  // Who counts several algorithms together is as right as who counts one.
  const isAccepted = ours.includes(accepted) || (ours.length > 0 && sum(ours) === accepted);
  const isRejected =
    rejected === undefined ||
    refused.includes(rejected) ||
    (refused.length > 0 && sum(refused) === rejected) ||
    (refused.length === 0 && rejected === 0);
  if (isAccepted && isRejected) return undefined;
  return words([...ours, ...refused], [accepted, ...(rejected === undefined ? [] : [rejected])]);
}
