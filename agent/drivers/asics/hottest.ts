/**
 * The hottest of what sensors say; undefined where none says a number. 0 is an empty place among others; where there is nothing
 * else it stands for itself, and what reads it decides.
 */
export function hottest(found: readonly unknown[]): number | undefined {
  const numbers = found.filter((one): one is number => typeof one === "number");
  const real = numbers.filter((celsius) => celsius !== 0);
  const candidates = real.length > 0 ? real : numbers;
  return candidates.length > 0 ? candidates.reduce((a, b) => Math.max(a, b)) : undefined;
}
