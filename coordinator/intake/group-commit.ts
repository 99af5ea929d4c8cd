/** What collects jobs and does them together. */
export interface GroupCommit<J, R> {
  /** Resolves with what came of a job; undefined when it was dropped. Never rejects. */
  push(job: J): Promise<R | undefined>;
  /** Resolves at once while the queue is short, else when it is short again. */
  room(): Promise<void>;
  /** Does what is queued, and drops what comes later. */
  close(): void;
}

export interface GroupOptions<J, R> {
  /** Does a batch; one result for each job, in order. Must not throw. */
  readonly work: (jobs: readonly J[]) => readonly (R | undefined)[];
  /** At most this many at once, so that other work gets its turn. */
  readonly batch: number;
  /** Beyond this many, jobs are dropped. */
  readonly queue: number;
  /** How long the first job of a batch waits for others. */
  readonly waitMs: number;
  readonly dropped: () => void;
}

interface Waiting<J, R> {
  readonly job: J;
  readonly settle: (result: R | undefined) => void;
}

/** Collects jobs that come within a few milliseconds, so that they share one commit. */
export function createGroupCommit<J, R>(options: GroupOptions<J, R>): GroupCommit<J, R> {
  const { work, batch, queue, waitMs, dropped } = options;
  const waiting: Waiting<J, R>[] = [];
  let roomless: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function flush(): void {
    timer = undefined;
    const jobs = waiting.splice(0, batch);
    const results = work(jobs.map(({ job }) => job));
    jobs.forEach(({ settle }, i) => {
      settle(results[i]);
    });
    if (waiting.length > 0) schedule(0);
    if (waiting.length >= queue / 2) return;
    for (const proceed of roomless.splice(0)) proceed();
  }

  function schedule(delayMs: number): void {
    timer ??= setTimeout(flush, delayMs);
  }

  return {
    push(job) {
      if (closed || waiting.length >= queue) {
        dropped();
        return Promise.resolve(undefined);
      }
      return new Promise((settle) => {
        waiting.push({ job, settle });
        schedule(waitMs);
      });
    },
    room() {
      if (closed || waiting.length < queue / 2) return Promise.resolve();
      return new Promise((proceed) => roomless.push(proceed));
    },
    close() {
      if (closed) return;
      closed = true;
      clearTimeout(timer);
      while (waiting.length > 0) {
        flush();
        clearTimeout(timer);
      }
      roomless.forEach((proceed) => {
        proceed();
      });
      roomless = [];
    },
  };
}
