/** A value every look into which, at any depth, is told. */
function watched<T>(value: T, tell: () => void): T {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy<T & object>(value, {
    get: (of, key) => {
      tell();
      return watched(Reflect.get(of, key) as unknown, tell);
    },
    getOwnPropertyDescriptor: (of, key) => {
      tell();
      return Reflect.getOwnPropertyDescriptor(of, key);
    },
  });
}

function readsOf<T>(reply: T, work: (reply: T) => unknown): number {
  let reads = 0;
  work(
    watched(reply, () => {
      reads += 1;
    }),
  );
  return reads;
}

/**
 * How many times more often work on a reply of 20,000 looks into it than work on one of 5,000: 4 where that grows with the
 * length, 16 where it grows with the square. Counted, since time on a busy machine proves nothing.
 */
export function readsGrowth<T>(
  replyOf: (length: number) => T,
  work: (reply: T) => unknown,
): number {
  return readsOf(replyOf(20_000), work) / readsOf(replyOf(5000), work);
}
