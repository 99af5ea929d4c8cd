import { RigError } from "../../core/errors.ts";
import { type Link, type Reach, within } from "./link.ts";
import { type Block, Stream, type StreamOptions } from "./stream.ts";

/** A block this many periods old is an outage: a program that hangs goes on showing its last values otherwise. */
const STALE_PERIODS = 3;

/**
 * A program that prints a block of lines every so often and never ends, as `nvidia-smi … -lms N` does: a target is its
 * arguments, blank-separated, and each further line of it what to ask a version that does not know a field of the line
 * before; the reply is its newest complete block. Started at the first ask, started again when it dies, killed at stop.
 * Throws `driver-no-program` where it is not installed and `driver-timeout` where it hangs.
 */
export function execLink(reach: Reach, options: Pick<StreamOptions, "program" | "periodMs">): Link {
  const { clock, called } = reach;
  const asked = new Map<string, Alternatives>();
  const alternativesOf = (target: string): Alternatives => {
    const known = asked.get(target);
    if (known !== undefined) return known;
    const made = new Alternatives(target, (args) => new Stream({ ...options, args, clock }));
    asked.set(target, made);
    return made;
  };
  return {
    ask: ({ target }, signal) =>
      within(reach, signal, async (inner) => {
        const { bytes, atMs } = await alternativesOf(target).newest(inner);
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
      const running = [...asked.values()];
      asked.clear();
      await Promise.all(running.map((alternatives) => alternatives.stop()));
    },
  };
}

// In these words nvidia-smi refuses a whole question for one name in it.
const UNKNOWN_FIELD = "is not a valid field to query";

/** The lines of a target, of which the first that the program does not refuse for a field in it is streamed. */
class Alternatives {
  readonly #further: string[];
  readonly #streamOf: (args: string[]) => Stream;
  #stream: Stream;

  constructor(target: string, streamOf: (args: string[]) => Stream) {
    const [first = "", ...further] = target.split("\n");
    this.#further = further;
    this.#streamOf = streamOf;
    this.#stream = streamOf(first.split(" "));
  }

  async newest(signal: AbortSignal): Promise<Block> {
    for (;;) {
      const stream = this.#stream;
      const answer = await stream.newest(signal).then(refusalIn, (thrown: unknown) => thrown);
      const isRefused = answer instanceof Error && answer.message.includes(UNKNOWN_FIELD);
      if (isRefused && this.#further.length > 0) await this.#goOnFrom(stream);
      // Another ask may have gone on to the next line meanwhile.
      else if (isRefused && this.#stream !== stream) continue;
      else if (isBlock(answer)) return answer;
      else throw answer;
    }
  }

  /** Nothing is started after it. */
  stop(): Promise<void> {
    this.#further.length = 0;
    return this.#stream.stop();
  }

  async #goOnFrom(stream: Stream): Promise<void> {
    if (this.#stream !== stream) return;
    const next = this.#further.shift() ?? "";
    this.#stream = this.#streamOf(next.split(" "));
    await stream.stop();
  }
}

const isBlock = (answer: unknown): answer is Block =>
  typeof answer === "object" && answer !== null && "bytes" in answer;

/** A program that takes its time to end has its refusal taken for a block. */
function refusalIn(block: Block): Block | RigError {
  const said = Buffer.from(block.bytes).toString("latin1").trim();
  return said.includes(UNKNOWN_FIELD) ? new RigError("driver-refused", said.slice(0, 200)) : block;
}
