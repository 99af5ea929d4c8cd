import type { Facts } from "../../agent/core/errors.ts";
import type { Clock, Log, Meter } from "../../agent/core/ports.ts";

/** A clock that stands until the test moves it; timers run in order as it passes them. */
export class FakeClock implements Clock {
  bootId = "boot-1";
  #wallMs: number;
  #monotonicMs = 1000;
  #timers: { atMs: number; callback: () => void }[] = [];

  constructor(wallMs = Date.UTC(2027, 0, 1)) {
    this.#wallMs = wallMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#monotonicMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves the wall clock alone: a step. */
  step(byMs: number): void {
    this.#wallMs += byMs;
  }

  /** Lets time pass on both clocks, running timers when they are due. */
  advance(byMs: number): void {
    const untilMs = this.#monotonicMs + byMs;
    for (;;) {
      const next = this.#timers
        .filter(({ atMs }) => atMs <= untilMs)
        .sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#pass(next.atMs - this.#monotonicMs);
      next.callback();
    }
    this.#pass(untilMs - this.#monotonicMs);
  }

  /** The same, letting promises settle between the steps. */
  async advanceSlowly(byMs: number, stepMs = 100): Promise<void> {
    for (let passed = 0; passed < byMs; passed += stepMs) {
      this.advance(Math.min(stepMs, byMs - passed));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #pass(byMs: number): void {
    if (byMs <= 0) return;
    this.#monotonicMs += byMs;
    this.#wallMs += byMs;
  }
}

/** A log that keeps its lines. */
export class FakeLog implements Log {
  readonly lines: { level: string; message: string; facts: Facts; error?: unknown }[] = [];
  error = this.#at("error");
  warn = this.#at("warn");
  info = this.#at("info");
  debug = this.#at("debug");

  child(): Log {
    return this;
  }

  /** Messages of one level. */
  said(level: string): string[] {
    return this.lines.filter((line) => line.level === level).map(({ message }) => message);
  }

  #at(level: string): (message: string, facts?: Facts, error?: unknown) => void {
    return (message, facts = {}, error) => {
      this.lines.push({ level, message, facts, ...(error === undefined ? {} : { error }) });
    };
  }
}

/** A meter that adds up by name and labels. */
export class FakeMeter implements Meter {
  readonly counts = new Map<string, number>();

  count(name: string, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    const key = [name, ...Object.values(labels)].join(" ");
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }
}
