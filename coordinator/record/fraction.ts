/** An exact part of a whole. The denominator is positive. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Nothing. */
export const NONE: Fraction = { numerator: 0n, denominator: 1n };

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** A fraction in lowest terms. */
function reduced({ numerator, denominator }: Fraction): Fraction {
  const divisor = greatestCommonDivisor(numerator < 0n ? -numerator : numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** The exact sum in lowest terms; the second one is added `sign` times. */
export function sum(a: Fraction, b: Fraction, sign: 1n | -1n = 1n): Fraction {
  return reduced({
    numerator: a.numerator * b.denominator + sign * b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  });
}

/** True when more than the whole. */
export function exceedsOne({ numerator, denominator }: Fraction): boolean {
  return numerator > denominator;
}

/** True when exactly the whole. */
export function isOne({ numerator, denominator }: Fraction): boolean {
  return numerator === denominator;
}

/** The smallest denominator that all of these can be written with. */
export function commonDenominator(fractions: readonly Fraction[]): bigint {
  return fractions.reduce(
    (common, { denominator }) =>
      (common / greatestCommonDivisor(common, denominator)) * denominator,
    1n,
  );
}

/** As `1/4`. */
export function fractionText({ numerator, denominator }: Fraction): string {
  return `${numerator}/${denominator}`;
}
