import { RigError } from "../../core/errors.ts";
import { type Link, type Reach, within } from "./link.ts";
import { Stream, type StreamOptions } from "./stream.ts";

/** A block this many periods old is an outage: a program that hangs goes on showing its last values otherwise. */
const STALE_PERIODS = 3;

/**
 * A program that prints a block of lines every so often and never ends, as `nvidia-smi … -lms N` does: a target is its
 * arguments, blank-separated; the reply is its newest complete block. Started at the first ask, started again when it
 * dies, killed at stop. Throws `driver-no-program` where it is not installed and `driver-timeout` where it hangs.
 */
export function execLink(reach: Reach, options: Pick<StreamOptions, "program" | "periodMs">): Link {
  const { clock, called } = reach;
  const streams = new Map<string, Stream>();
  const streamOf = (target: string): Stream => {
    const known = streams.get(target);
    if (known !== undefined) return known;
    const made = new Stream({ ...options, args: target.split(" "), clock });
    streams.set(target, made);
    return made;
  };
  return {
    ask: ({ target }, signal) =>
      within(reach, signal, async (inner) => {
        const { bytes, atMs } = await streamOf(target).newest(inner);
        const ageMs = clock.monotonicMs() - atMs;
        if (ageMs > STALE_PERIODS * options.periodMs)
          throw new RigError(
            "driver-timeout",
            `${called} printed nothing for ${Math.round(ageMs)} ms`,
            {
              program: options.program,
              age_ms: Math.round(ageMs),
            },
          );
        return bytes;
      }),
    stop: async () => {
      const running = [...streams.values()];
      streams.clear();
      await Promise.all(running.map((stream) => stream.stop()));
    },
  };
}
