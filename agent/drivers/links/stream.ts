import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { RigError } from "../../core/errors.ts";
import { type Clock, pause } from "../../core/ports.ts";
import { MAX_REPLY_BYTES } from "./link.ts";

export interface StreamOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Between two blocks, in ms; handed to the program as `-lms`. */
  readonly periodMs: number;
  readonly clock: Clock;
  /** Node's own when left out. */
  readonly spawn?: (program: string, args: string[], options: SpawnOptions) => ChildProcess;
}

/** Lines that belong together, and when the last of them came (monotonic). */
export interface Block {
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

const FIRST_BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 60_000;
/** How long a killed child is waited for, in ms: one that hangs in the kernel cannot be killed and is left behind. */
const KILL_MS = 1000;
const MAX_STDERR = 500;
const MAX_SAID = 200;
/** A child that prints nothing for so long hangs and is replaced. */
const SILENT_PERIODS = 10;
const MIN_SILENT_MS = 60_000;

/** A child that prints blocks of lines, and is started again when it ends. Its state is the newest block or why there is none. */
export class Stream {
  readonly #options: StreamOptions;
  #decoder = new TextDecoder();
  #child: ChildProcess | undefined;
  #newest: Block | undefined;
  #fault: RigError | undefined;
  #lines: string[] = [];
  #rest = "";
  /** Read without a pause. */
  #pendingBytes = 0;
  #stderr = "";
  #backoffMs = FIRST_BACKOFF_MS;
  #cancelTimer: () => void = () => {};
  #cancelRestart: () => void = () => {};
  #cancelWatch: () => void = () => {};
  readonly #waiting = new Set<() => void>();
  #stopped = false;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** The newest block, waiting for the first one. Throws why there is none. */
  async newest(signal: AbortSignal): Promise<Block> {
    if (this.#child === undefined && this.#fault === undefined && !this.#stopped) this.#spawn();
    while (this.#newest === undefined && this.#fault === undefined && !this.#stopped)
      await this.#news(signal);
    // A child that died says why, even while its last block is fresh: that block is the past.
    if (this.#fault !== undefined) throw this.#fault;
    if (this.#newest === undefined) throw this.#fault ?? this.#ended("was stopped");
    return this.#newest;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelRestart();
    this.#cancelTimer();
    this.#cancelWatch();
    const child = this.#child;
    this.#child = undefined;
    this.#tell();
    if (child === undefined) return;
    const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
    for (const how of ["SIGTERM", "SIGKILL"] as const) {
      child.kill(how);
      const waited = new AbortController();
      await Promise.race([
        gone.then(() => waited.abort()),
        pause(this.#options.clock, KILL_MS, waited.signal),
      ]);
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    }
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.unref();
  }

  #news(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = (): void => {
      this.#waiting.delete(heard);
      reject(signal.reason);
    };
    const heard = (): void => {
      signal.removeEventListener("abort", giveUp);
      resolve();
    };
    this.#waiting.add(heard);
    signal.addEventListener("abort", giveUp, { once: true });
    return promise;
  }

  #tell(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const heard of waiting) heard();
  }

  /** Ends a child that has printed nothing for long, so that a new one gets a chance; one that cannot be killed stays. */
  #watch(): void {
    this.#cancelWatch();
    const { clock, periodMs } = this.#options;
    this.#cancelWatch = clock.after(Math.max(SILENT_PERIODS * periodMs, MIN_SILENT_MS), () => {
      this.#child?.kill("SIGKILL");
    });
  }

  /** Starts the child. A host that is out of descriptors or memory is a fault that passes, and never thrown from here. */
  #spawn(): void {
    const { program, args, periodMs, spawn: start = spawn } = this.#options;
    this.#lines = [];
    this.#rest = "";
    this.#pendingBytes = 0;
    this.#decoder = new TextDecoder();
    this.#stderr = "";
    try {
      const stdio: SpawnOptions["stdio"] = ["ignore", "pipe", "pipe"];
      this.#listen(start(program, [...args, "-lms", String(periodMs)], { stdio }));
    } catch (cause) {
      this.#startAgain(this.#notStarted(cause as Error));
    }
  }

  #listen(child: ChildProcess): void {
    const { stdout, stderr } = child;
    this.#child = child;
    // Before anything else: without a listener its fault ends the process.
    child.on("error", (cause) => this.#died(child, this.#notStarted(cause)));
    child.on("close", (code, by) => this.#died(child, this.#ended(`ended (${code ?? by})`)));
    this.#watch();
    // A child that could not be started has no streams. It says why in a moment, or never.
    if (!stdout) setImmediate(() => this.#died(child, this.#notStarted(new Error("no output"))));
    stdout?.on("data", (chunk: Buffer) => {
      // What a child still prints while it is being ended is of no use.
      if (this.#child === child) this.#take(chunk);
    });
    stderr?.on("data", (chunk: Buffer) => {
      this.#stderr = `${this.#stderr}${chunk.toString("latin1")}`.slice(0, MAX_STDERR);
    });
  }

  #died(child: ChildProcess, fault: RigError): void {
    if (this.#child === child) this.#startAgain(fault);
  }

  /** Notes why there is no child, and starts one after a while. */
  #startAgain(fault: RigError): void {
    this.#cancelTimer();
    this.#cancelWatch();
    this.#child = undefined;
    this.#newest = undefined;
    this.#fault = fault;
    this.#cancelRestart = this.#options.clock.after(this.#backoffMs, () => this.#spawn());
    this.#backoffMs = Math.min(this.#backoffMs * 2, MAX_BACKOFF_MS);
    this.#tell();
  }

  #notStarted(cause: Error): RigError {
    const { program } = this.#options;
    const { code } = cause as { code?: string };
    return code === "ENOENT"
      ? new RigError("driver-no-program", `${program} is not installed`, { program }, { cause })
      : new RigError(
          "driver-refused",
          `${program} cannot be started (${code ?? cause.message})`,
          { program, ...(code === undefined ? {} : { code }) },
          { cause },
        );
  }

  /** What the program said last, on either stream: nvidia-smi puts its complaints on stdout. */
  #ended(how: string): RigError {
    const { program } = this.#options;
    const printed = [...this.#lines, this.#rest].filter((line) => line.trim() !== "").slice(-2);
    const said = [...printed, this.#stderr]
      .map((text) => text.trim().slice(0, MAX_SAID))
      .filter((text) => text !== "")
      .join("; ");
    return new RigError("driver-refused", `${program} ${how}${said === "" ? "" : `: ${said}`}`, {
      program,
    });
  }

  #take(chunk: Buffer): void {
    const { clock, periodMs } = this.#options;
    const lines = `${this.#rest}${this.#decoder.decode(chunk, { stream: true })}`.split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line);
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes > MAX_REPLY_BYTES) {
      this.#tooMuch();
      return;
    }
    // Nothing marks the end of a block but the silence after it.
    this.#cancelTimer();
    this.#cancelTimer = clock.after(Math.min(250, periodMs / 4), () => {
      this.#pendingBytes = 0;
      this.#closeBlock();
    });
  }

  #line(line: string): void {
    const sameAgain = this.#lines[0] !== undefined && firstCell(line) === firstCell(this.#lines[0]);
    if (sameAgain) this.#closeBlock();
    this.#lines.push(line);
  }

  #closeBlock(): void {
    if (this.#lines.length === 0) return;
    const bytes = Buffer.from(`${this.#lines.join("\n")}\n`, "utf8");
    this.#newest = { bytes, atMs: this.#options.clock.monotonicMs() };
    this.#lines = [];
    this.#watch();
    this.#fault = undefined;
    this.#backoffMs = FIRST_BACKOFF_MS;
    this.#tell();
  }

  #tooMuch(): void {
    const { program } = this.#options;
    const child = this.#child;
    if (child === undefined) return;
    this.#died(
      child,
      new RigError("driver-too-large", `${program} prints without end`, { program }),
    );
    child.kill("SIGKILL");
  }
}

const firstCell = (line: string): string => line.slice(0, Math.max(0, line.indexOf(",")));
