import t from "tap";
import { createGroupCommit } from "../../../../coordinator/intake/group-commit.ts";
import { createSendWindow } from "../../../../coordinator/intake/window.ts";

function recorded(options: { batch?: number; queue?: number; batchBytes?: number } = {}) {
  const batches: number[][] = [];
  let dropped = 0;
  const group = createGroupCommit<number, string>({
    work: (jobs) => {
      batches.push([...jobs]);
      return jobs.map((job) => `did ${job}`);
    },
    bytesOf: (job) => job * 10,
    batch: { jobs: options.batch ?? 10, bytes: options.batchBytes ?? 10_000 },
    queue: { jobs: options.queue ?? 100, bytes: 20_000 },
    waitMs: 1,
    dropped: () => {
      dropped += 1;
    },
  });
  return { group, batches, dropped: () => dropped };
}

t.test("what comes together is done together, in order, each with its own result", async (t) => {
  const { group, batches } = recorded();
  t.same(await Promise.all([1, 2, 3].map((n) => group.push(n))), ["did 1", "did 2", "did 3"]);
  t.same(batches, [[1, 2, 3]]);
});

t.test("more than a batch is done in several", async (t) => {
  const { group, batches } = recorded({ batch: 2 });
  const done = await Promise.all([1, 2, 3, 4, 5].map((n) => group.push(n)));
  t.equal(done.length, 5);
  t.same(batches, [[1, 2], [3, 4], [5]]);
});

t.test("a batch is bounded in bytes, and one job that is above it is done alone", async (t) => {
  const { group, batches } = recorded({ batchBytes: 100 });
  await Promise.all([4, 5, 6, 11, 1, 2].map((n) => group.push(n)));
  t.same(batches, [[4, 5], [6], [11], [1, 2]]);
});

t.test("a queue is bounded in bytes, and room comes back with them", async (t) => {
  const { group, dropped } = recorded();
  const done = [1500, 400, 200, 100].map((n) => group.push(n));
  let roomy = false;
  const room = group.room().then(() => {
    roomy = true;
  });
  t.equal(roomy, false, "more than half of it is taken");
  t.same(await Promise.all(done), ["did 1500", "did 400", undefined, "did 100"]);
  t.equal(dropped(), 1);
  await room;
  t.equal(await group.push(2000), "did 2000", "what is done takes no room");
});

t.test("beyond the queue a job is dropped and counted, and room comes back", async (t) => {
  const { group, dropped } = recorded({ queue: 4 });
  await group.room();
  const done = [1, 2, 3, 4, 5].map((n) => group.push(n));
  let roomy = false;
  const room = group.room().then(() => {
    roomy = true;
  });
  t.equal(roomy, false);
  t.same(await Promise.all(done), ["did 1", "did 2", "did 3", "did 4", undefined]);
  t.equal(dropped(), 1);
  await room;
});

t.test("close does what is queued, lets waiters go, and takes nothing more", async (t) => {
  const { group, batches } = recorded({ batch: 2, queue: 4 });
  const done = Promise.all([1, 2, 3].map((n) => group.push(n)));
  const room = group.room();
  group.close();
  group.close();
  t.same(batches, [[1, 2], [3]]);
  t.same(await done, ["did 1", "did 2", "did 3"]);
  await room;
  t.equal(await group.push(4), undefined);
});

t.test("a send window keeps to its number in flight and drops the oldest that wait", async (t) => {
  const sent: number[] = [];
  const acknowledgements: (() => void)[] = [];
  const window = createSendWindow<number>(2, 2, (one, acknowledged) => {
    sent.push(one);
    acknowledgements.push(acknowledged);
  });
  for (const one of [1, 2, 3, 4, 5]) window.push(one);
  t.same(sent, [1, 2]);
  acknowledgements[0]?.();
  t.same(sent, [1, 2, 4]);
  window.close();
  acknowledgements[1]?.();
  window.push(6);
  t.same(sent, [1, 2, 4]);
});
