/** What collects jobs and does them together. */
export interface GroupCommit<J, R> {
  /** Resolves with what came of a job; undefined when it was dropped. Never rejects. */
  push(job: J): Promise<R | undefined>;
  /** Resolves at once while the queue is short, else when it is short again. */
  room(): Promise<void>;
  /** Does what is queued, and drops what comes later. */
  close(): void;
}

/** How many jobs, and how many bytes of them together. */
interface Bound {
  readonly jobs: number;
  readonly bytes: number;
}

export interface GroupOptions<J, R> {
  /** Does a batch; one result for each job, in order. Must not throw. */
  readonly work: (jobs: readonly J[]) => readonly (R | undefined)[];
  readonly bytesOf: (job: J) => number;
  /** At most this much at once, one job at least, so that other work gets its turn. */
  readonly batch: Bound;
  /** Beyond this, jobs are dropped. */
  readonly queue: Bound;
  /** How long the first job of a batch waits for others. */
  readonly waitMs: number;
  readonly dropped: () => void;
}

interface Waiting<J, R> {
  readonly job: J;
  readonly bytes: number;
  readonly settle: (result: R | undefined) => void;
}

/** How many from the front are within a bound; one at least, where there is one. */
function frontWithin(waiting: readonly { readonly bytes: number }[], bound: Bound): number {
  let bytes = 0;
  for (const [i, one] of waiting.entries()) {
    bytes += one.bytes;
    if (i > 0 && (i >= bound.jobs || bytes > bound.bytes)) return i;
  }
  return waiting.length;
}

/** Collects jobs that come within a few milliseconds, so that they share one commit. */
export function createGroupCommit<J, R>(options: GroupOptions<J, R>): GroupCommit<J, R> {
  const { work, bytesOf, batch, queue, waitMs, dropped } = options;
  const waiting: Waiting<J, R>[] = [];
  let waitingBytes = 0;
  let roomless: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function flush(): void {
    timer = undefined;
    const jobs = waiting.splice(0, frontWithin(waiting, batch));
    for (const { bytes } of jobs) waitingBytes -= bytes;
    const results = work(jobs.map(({ job }) => job));
    jobs.forEach(({ settle }, i) => {
      settle(results[i]);
    });
    if (waiting.length > 0) schedule(0);
    if (!isShort()) return;
    for (const proceed of roomless.splice(0)) proceed();
  }

  function schedule(delayMs: number): void {
    timer ??= setTimeout(flush, delayMs);
  }

  const isShort = (): boolean => waiting.length < queue.jobs / 2 && waitingBytes < queue.bytes / 2;
  const isFull = (bytes: number): boolean =>
    waiting.length >= queue.jobs || waitingBytes + bytes > queue.bytes;

  return {
    push(job) {
      const bytes = bytesOf(job);
      if (closed || isFull(bytes)) {
        dropped();
        return Promise.resolve(undefined);
      }
      waitingBytes += bytes;
      return new Promise((settle) => {
        waiting.push({ job, bytes, settle });
        schedule(waitMs);
      });
    },
    room() {
      if (closed || isShort()) return Promise.resolve();
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
