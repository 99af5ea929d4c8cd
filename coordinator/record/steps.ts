/** Work in steps: a caller that others wait for lets them work between two of them. */
export type Steps<T> = Generator<void, T>;

/** Does all steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Counts work and says when a step is full: some ten milliseconds of it. */
export function createPace(perStep: number): (work: number) => boolean {
  let done = 0;
  return (work) => {
    done += work;
    if (done < perStep) return false;
    done = 0;
    return true;
  };
}
