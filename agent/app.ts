import { readFileSync } from "node:fs";
import { type Statement, WINDOW_SECONDS } from "../proto/attestation.ts";
import { ZERO_32 } from "../proto/hex.ts";
import { sealFor } from "../proto/typed-data.ts";
import { type AppOptions, openSession, openSources, openStore, type Undo } from "./assembly.ts";
import { Closer } from "./attest/closer.ts";
import type { Guard } from "./attest/guard.ts";
import { leafOf } from "./attest/leaf.ts";
import type { Session } from "./attest/session.ts";
import { recoverSigner } from "./attest/signer.ts";
import { Timeline } from "./attest/timeline.ts";
import { asRigError, RigError } from "./core/errors.ts";
import type { Service } from "./core/ports.ts";
import { ratedJoulesPerHash } from "./drivers/models.ts";
import { Backoff } from "./platform/backoff.ts";
import { BUILT_AT_MS } from "./platform/build-date.ts";
import { Sampler } from "./sampler/sampler.ts";
import type { Settings } from "./settings/settings.ts";
import { Snapshots } from "./snapshot.ts";
import { StatusServer } from "./status/server.ts";
import { ReplyKeeper } from "./store/replies.ts";
import type { Windows } from "./store/windows.ts";
import { MqttCarrier } from "./transport/mqtt.ts";
import { Sender } from "./transport/sender.ts";

/** Spans and timeouts are added up to how long after its end a window may still grow; never longer than this. */
const LONGEST_GRACE_MS = 15 * 60_000;
const RECONNECT = { firstMs: 1000, maxMs: 60_000 };
const HELLO_AGAIN = { firstMs: 500, maxMs: 30_000 };

/**
 * The whole agent, in order of flow:
 *
 *   device ─▶ drivers ─▶ sampler ─▶ store ─▶ attest ─▶ transport ═══▶ coordinator
 *                                     └──────▶ status
 *
 * Sinks start before sources and stop after them; the store is closed last.
 */
export class App implements Service {
  readonly #options: AppOptions;
  #undo: Undo = [];
  #status: StatusServer | undefined;

  constructor(options: AppOptions) {
    this.#options = options;
  }

  /** Where the status endpoint listens; undefined before start. */
  get statusUrl(): string | undefined {
    return this.#status?.url;
  }

  async start(): Promise<void> {
    try {
      await this.#build();
    } catch (thrown) {
      await this.stop();
      throw thrown;
    }
  }

  async stop(): Promise<void> {
    const undo = this.#undo.reverse();
    this.#undo = [];
    for (const step of undo) {
      try {
        await step();
      } catch (thrown) {
        this.#options.log.error("a stage did not stop cleanly", {}, asRigError(thrown));
      }
    }
  }

  /** Starts a stage; from here on `stop` stops it, after everything that was started later. */
  async #run(stage: Service): Promise<void> {
    this.#undo.push(() => stage.stop());
    await stage.start();
  }

  async #build(): Promise<void> {
    const { settings, signer, clock, log, meter, version, random } = this.#options;
    const { coordinator } = settings;
    const rig = signer.address;
    const seal = sealFor(coordinator.chainId);

    const { db, meta, windows, chain, samples, retention } = openStore(this.#options, this.#undo);
    await this.#run(retention);
    await this.#run(samples);
    const { guard, session } = openSession(this.#options, { chain, meta });
    const { sources, inventory } = openSources(this.#options, db, this.#undo);

    const attestLog = log.child({ stage: "attest" });
    const timeline: Timeline = new Timeline({
      clock,
      log: attestLog,
      builtAtMs: BUILT_AT_MS,
      onStep: () => closer.closeAll(),
      onKnown: (offsetMs, flags) => void samples.placeWaiting(clock.bootId, offsetMs, flags),
    });
    const closer: Closer = new Closer({
      windows,
      samples,
      known: () =>
        inventory.known().map(({ device, algorithms }) => ({
          id: device.id,
          algorithms,
          rated: (algorithm) => ratedJoulesPerHash(device.identity.model, algorithm),
        })),
      timeline,
      clock,
      log: attestLog,
      meter,
      longestSpanMs: longestSpanMs(sources),
      sign: (statement) => this.#sign(statement, guard, session, windows, () => sender.wake()),
    });
    const carrier = new MqttCarrier({
      url: settings.uplink.url,
      ...uplinkSecrets(settings),
      rig,
      version,
      clock,
      log: log.child({ stage: "transport" }),
      meter,
      backoff: new Backoff({ ...RECONNECT, random }),
    });
    const sender: Sender = new Sender({
      carrier,
      outbox: chain,
      session,
      seal,
      rig,
      coordinator: coordinator.address,
      signerOf: recoverSigner,
      clock,
      log: log.child({ stage: "transport" }),
      meter,
      backoff: new Backoff({ ...HELLO_AGAIN, random }),
      onWelcome: ({ time, windowSeconds }) => {
        if (WINDOW_SECONDS.some((known) => known === windowSeconds)) {
          samples.setWindowLength(windowSeconds);
        } else {
          attestLog.error("the coordinator asks for a window length that there is not", {
            windowSeconds,
          });
        }
        timeline.learn(time);
        closer.tick();
      },
    });
    await this.#run(sender);
    await this.#run(closer);

    const snapshots = new Snapshots({
      rig,
      coordinator: coordinator.address,
      clock,
      chain,
      windows,
      samples,
      inventory,
      session,
      timeline,
      sender,
      carrier,
    });
    const status = new StatusServer({
      listen: settings.status.listen,
      version,
      simulated: settings.simulated,
      source: snapshots,
      log: log.child({ stage: "status" }),
    });
    this.#status = status;
    await this.#run(status);

    const replies = new ReplyKeeper(() => windows.lengthSeconds());
    await this.#run(
      new Sampler({
        sources,
        inventory,
        clock,
        log: log.child({ stage: "sampler" }),
        meter,
        random,
        sink: {
          sample: (sample) => {
            const place = timeline.now();
            const reply = replies.choose(sample, place.placedMs);
            const leaf = leafOf(sample, reply?.hash ?? ZERO_32);
            samples.append({ sample, ...place, leaf, reply });
            snapshots.sampled({ ...sample, replies: {} });
          },
          outage: (outage, device) => {
            samples.touch(timeline.now());
            snapshots.failed(outage, device);
          },
        },
      }),
    );
  }

  #sign(
    statement: Statement,
    guard: Guard,
    session: Session,
    windows: Windows,
    wake: () => void,
  ): boolean {
    const { log } = this.#options;
    if (session.era === 0) return false;
    try {
      const { sequence } = guard.attest(statement, session.era, session.beacon);
      log.info("a window was attested", {
        window_start: statement.windowStart,
        sequence,
        rows: statement.devices.length,
      });
      wake();
    } catch (thrown) {
      if (!(thrown instanceof RigError) || thrown.code !== "attest-window-signed") throw thrown;
      log.error(
        "a window overlaps one that was attested and is left out",
        { window_start: statement.windowStart },
        thrown,
      );
      windows.leaveOut(Number(statement.windowStart), thrown.code);
    }
    return true;
  }
}

function longestSpanMs(
  sources: readonly { readonly intervalMs: number; readonly timeoutMs: number }[],
): number {
  const longest = Math.max(
    0,
    ...sources.map(({ intervalMs, timeoutMs }) => 1.5 * intervalMs + timeoutMs),
  );
  return Math.min(longest, LONGEST_GRACE_MS);
}

function uplinkSecrets({ uplink }: Settings): {
  username?: string;
  password?: string;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
} {
  return {
    ...(uplink.username === undefined ? {} : { username: uplink.username }),
    ...(uplink.password === undefined ? {} : { password: uplink.password.reveal() }),
    ...(uplink.caFile === undefined ? {} : { ca: readFileSync(uplink.caFile) }),
    ...(uplink.certFile === undefined ? {} : { cert: readFileSync(uplink.certFile) }),
    ...(uplink.keyFile === undefined ? {} : { key: readFileSync(uplink.keyFile) }),
  };
}
