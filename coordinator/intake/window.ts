/** Sends at most so many at a time and keeps the rest in order; the oldest go when too many wait. */
export interface SendWindow<T> {
  push(one: T): void;
  /** Forgets what waits and what comes. */
  close(): void;
}

/**
 * Makes a window over `send`, which calls back when the other side has acknowledged. mqtt.js does not keep to the
 * number in flight that a broker announces, and some brokers end the connection for that.
 */
export function createSendWindow<T>(
  atOnce: number,
  keep: number,
  send: (one: T, acknowledged: () => void) => void,
): SendWindow<T> {
  let waiting: T[] = [];
  let inFlight = 0;
  let closed = false;

  function pump(): void {
    while (inFlight < atOnce) {
      const one = waiting.shift();
      if (one === undefined) return;
      inFlight += 1;
      send(one, () => {
        inFlight -= 1;
        pump();
      });
    }
  }

  return {
    push(one) {
      if (closed) return;
      // The rig asks again for what it has no answer to; the newest answers are worth most.
      if (waiting.length >= keep) waiting.shift();
      waiting.push(one);
      pump();
    },
    close() {
      closed = true;
      waiting = [];
    },
  };
}
