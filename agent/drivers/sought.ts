import { asRigError, RigError } from "../core/errors.ts";
import type { Driver } from "./driver.ts";
import { within } from "./links/link.ts";
import type { Answer, Source, SourceSpec, Tools } from "./open.ts";
import { probe } from "./probe.ts";

/** For one search, in ms: the asks of several turns. */
const SEARCH_MS = 60_000;
/** Failures in a row after which another device may have taken the address. */
const FAILURES = 3;
/** The same where what is found there now is known by what all of its kind have in common: one that starts looks so. */
const FAILURES_FOR_GENERIC = 9;
const MAY_BE_ANOTHER = ["driver-refused", "driver-garbled", "driver-unreachable", "driver-timeout"];

/**
 * A source whose driver is not known: it is looked for when the source is first asked, and again where the device has
 * failed several times in a row. A search goes on between asks and takes as long as it needs, a minute at most.
 */
export class SoughtSource {
  readonly #spec: Omit<SourceSpec, "driver">;
  readonly #tools: Tools;
  readonly #given = new AbortController();
  #source: Source | undefined;
  #search: Promise<Source | RigError> | undefined;
  #found: Source | RigError | undefined;
  #failures = 0;

  constructor(spec: Omit<SourceSpec, "driver">, tools: Tools) {
    this.#spec = spec;
    this.#tools = tools;
  }

  /** The driver that the device was last read with; undefined until one is known. */
  get driver(): Driver | undefined {
    return this.#source?.driver;
  }

  /** Host and port where the device was found; undefined until it is. */
  get address(): string | undefined {
    return this.#source?.address;
  }

  /** As a source's; throws what the search met where no driver is known. */
  async ask(signal: AbortSignal): Promise<Answer> {
    await this.#exchange();
    const source = this.#source ?? (await this.#sought(signal));
    try {
      const answer = await source.ask(signal);
      this.#failures = 0;
      return answer;
    } catch (thrown) {
      this.#failed(thrown);
      throw thrown;
    }
  }

  async stop(): Promise<void> {
    this.#given.abort();
    await this.#search;
    await this.#source?.stop();
    if (this.#found !== undefined && !(this.#found instanceof RigError)) await this.#found.stop();
  }

  /** Waits for the search as long as the signal lets it; it goes on after that. */
  async #sought(signal: AbortSignal): Promise<Source> {
    signal.throwIfAborted();
    const given = Promise.withResolvers<never>();
    const give = (): void => given.reject(signal.reason);
    signal.addEventListener("abort", give, { once: true });
    try {
      await Promise.race([this.#begin(), given.promise]);
    } finally {
      signal.removeEventListener("abort", give);
    }
    const found = this.#found;
    this.#found = undefined;
    if (found instanceof RigError) throw found;
    if (found === undefined) throw new RigError("bug", "a search ended without an outcome");
    this.#source = found;
    return found;
  }

  /** Begins a search, where none is under way and none has found something. */
  #begin(): Promise<unknown> {
    if (this.#found !== undefined) return Promise.resolve();
    this.#search ??= this.#look().then((found) => {
      this.#search = undefined;
      this.#found = found;
      return found;
    });
    return this.#search;
  }

  async #look(): Promise<Source | RigError> {
    const { clock } = this.#tools;
    const { address = "", ...rest } = this.#spec;
    const reach = { clock, timeoutMs: SEARCH_MS, called: rest.name };
    try {
      const { source } = await within(reach, this.#given.signal, (signal) =>
        probe(address, this.#tools, signal, rest),
      );
      return source;
    } catch (thrown) {
      return asRigError(thrown);
    }
  }

  #failed(thrown: unknown): void {
    if (this.#given.signal.aborted) return;
    // An ask that was called off at the turn's time limit is a device that does not answer.
    const counts = !(thrown instanceof RigError) || MAY_BE_ANOTHER.includes(thrown.code);
    this.#failures = counts ? this.#failures + 1 : 0;
    if (this.#failures >= FAILURES) void this.#begin();
  }

  /** Puts what was found meanwhile in the old one's place, where it is something else. */
  async #exchange(): Promise<void> {
    const [old, found] = [this.#source, this.#found];
    if (old === undefined || found === undefined) return;
    this.#found = undefined;
    if (found instanceof RigError) return;
    const isSame = found.driver === old.driver && found.address === old.address;
    const isEarly = found.driver.generic === true && this.#failures < FAILURES_FOR_GENERIC;
    if (isSame || isEarly || this.#failures < FAILURES) return found.stop();
    this.#source = found;
    this.#failures = 0;
    await old.stop();
  }
}
