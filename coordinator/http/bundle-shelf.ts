import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { type Bundler, bundleText, tokenBundleSteps } from "../record/bundle.ts";
import type { Steps } from "../record/steps.ts";
import { type Token, tokenKey } from "../record/token.ts";

/** A bundle as it is sent. */
interface ShelvedBundle {
  readonly body: Buffer;
  /** An ETag: other bytes have another one. */
  readonly tag: string;
}

/** Bundles of closed epochs, which never change: the last ones asked for are kept. */
export interface BundleShelf {
  /** A token's bundle of a closed epoch, made where it is not kept; undefined where there is none. Rejects where the ledger fails. */
  find(token: Token, epochStart: bigint): Promise<ShelvedBundle | undefined>;
  /** Gives up what is being made; resolves when nothing touches the ledger any more. */
  close(): Promise<void>;
}

const KEPT_BYTES = 64 << 20;

/** An empty shelf. Bundles are made one at a time, in steps between which others work. */
export function createBundleShelf(bundler: Bundler, keptBytes: number = KEPT_BYTES): BundleShelf {
  const kept = new Map<string, ShelvedBundle>();
  const making = new Map<string, Promise<ShelvedBundle | undefined>>();
  let bytes = 0;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  async function done<T>(steps: Steps<T>): Promise<T | undefined> {
    while (!closed) {
      const step = steps.next();
      if (step.done) return step.value;
      await setImmediate();
    }
    return undefined;
  }

  async function make(token: Token, epochStart: bigint): Promise<ShelvedBundle | undefined> {
    const bundle = await done(tokenBundleSteps(bundler, token, epochStart));
    const body = bundle && (await done(bundleText(bundle)));
    if (body === undefined) return undefined;
    const hash = createHash("sha256").update(body).digest("base64url");
    return { body, tag: `"${hash}"` };
  }

  function keep(key: string, bundle: ShelvedBundle): void {
    if (bundle.body.length > keptBytes) return;
    bytes += bundle.body.length;
    kept.set(key, bundle);
    for (const [oldest, { body }] of kept) {
      if (bytes <= keptBytes) break;
      kept.delete(oldest);
      bytes -= body.length;
    }
  }

  async function makeNext(
    key: string,
    token: Token,
    epochStart: bigint,
    before: Promise<unknown>,
  ): Promise<ShelvedBundle | undefined> {
    try {
      await before;
      const made = await make(token, epochStart);
      if (made !== undefined) keep(key, made);
      return made;
    } finally {
      making.delete(key);
    }
  }

  return {
    async find(token, epochStart) {
      const key = `${tokenKey(token)}:${epochStart}`;
      const there = kept.get(key);
      if (there !== undefined) {
        // To the end: what was not asked for the longest goes first.
        kept.delete(key);
        kept.set(key, there);
        return there;
      }
      const coming = making.get(key) ?? makeNext(key, token, epochStart, last);
      making.set(key, coming);
      last = coming.catch(() => undefined);
      return coming;
    },
    async close() {
      closed = true;
      await last;
    },
  };
}
