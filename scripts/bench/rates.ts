/** How often something can be done in a second: the median of several rounds. */
export interface Rate {
  readonly name: string;
  readonly perSecond: number;
}

const ROUNDS = 7;
const ROUND_MS = 300;

function round(work: (i: number) => void): number {
  const start = performance.now();
  let times = 0;
  while (performance.now() - start < ROUND_MS) {
    for (let i = 0; i < 8; i += 1) work(times + i);
    times += 8;
  }
  return times / ((performance.now() - start) / 1000);
}

/** Measures several things turn by turn in one run, so that a machine whose speed drifts is unfair to none. */
export function ratesOf(works: Readonly<Record<string, (i: number) => void>>): Rate[] {
  const rounds = new Map<string, number[]>(Object.keys(works).map((name) => [name, []]));
  for (let i = -1; i < ROUNDS; i += 1) {
    for (const [name, work] of Object.entries(works)) {
      const perSecond = round(work);
      // The first turn warms up the compiler and is not counted.
      if (i >= 0) rounds.get(name)?.push(perSecond);
    }
  }
  return [...rounds].map(([name, all]) => ({
    name,
    perSecond: all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0,
  }));
}
