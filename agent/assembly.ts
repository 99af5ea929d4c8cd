import { randomBytes } from "node:crypto";
import { type Hex, toHex } from "../proto/hex.ts";
import { sealFor } from "../proto/typed-data.ts";
import { Guard } from "./attest/guard.ts";
import { Session } from "./attest/session.ts";
import { recoverSigner, type Signer } from "./attest/signer.ts";
import { RigError } from "./core/errors.ts";
import type { Clock, Log, Meter } from "./core/ports.ts";
import { readMachineId } from "./platform/machine-id.ts";
import { Inventory } from "./sampler/inventory.ts";
import type { Settings } from "./settings/settings.ts";
import { configuredSources } from "./sources.ts";
import { Chain } from "./store/chain.ts";
import { DeviceBook } from "./store/device-book.ts";
import { Meta } from "./store/meta.ts";
import { type Db, lockStateDirectory, openDatabase } from "./store/open.ts";
import { Pins } from "./store/pins.ts";
import { Retention } from "./store/retention.ts";
import { SampleStore } from "./store/samples.ts";
import { Windows } from "./store/windows.ts";

export interface AppOptions {
  readonly settings: Settings;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly version: string;
  /** Between 0 and 1. */
  readonly random: () => number;
}

/** What gives back, in reverse, what was taken. */
export type Undo = (() => Promise<void> | void)[];

/** Takes the state directory and opens what is kept in it. Nothing is started yet. */
export function openStore({ settings, signer, clock, log, meter }: AppOptions, undo: Undo) {
  const { coordinator, store } = settings;
  undo.push(lockStateDirectory(settings.stateDir));
  const db = openDatabase(settings.stateDir);
  undo.push(() => void db.close());
  const meta = new Meta(db);
  requireSameRig(meta, signer.address, coordinator.address, coordinator.chainId);
  const windows = new Windows(db);
  const tools = { db, clock, log: log.child({ stage: "store" }), meter };
  return {
    db,
    meta,
    windows,
    chain: new Chain(db),
    samples: new SampleStore({ ...tools, windows, batchMs: store.batchMs }),
    retention: new Retention({ ...tools, ...store }),
  };
}

/** The guard and who this start is to the coordinator; what a crash left without a signature is signed first. */
export function openSession(
  { settings, signer, log }: AppOptions,
  { chain, meta }: { readonly chain: Chain; readonly meta: Meta },
) {
  const parties = { rig: signer.address, coordinator: settings.coordinator.address, signer };
  const seal = sealFor(settings.coordinator.chainId);
  const guard = new Guard({ chain, seal, ...parties });
  const finished = guard.finish();
  if (finished > 0) {
    const attested = { attestations: finished };
    log.child({ stage: "attest" }).info("what a crash left unsigned was signed", attested);
  }
  const random32 = (): Hex => toHex(randomBytes(32));
  const session = new Session({ chain, meta, seal, ...parties, signerOf: recoverSigner, random32 });
  return { guard, session };
}

/** What is asked, and which devices stand behind it as far as that was known before. */
export function openSources({ settings, clock, log }: AppOptions, db: Db, undo: Undo) {
  const sources = configuredSources(settings, {
    clock,
    log: log.child({ stage: "drivers" }),
    pins: new Pins(db),
  });
  for (const source of sources) undo.push(() => source.stop());
  const inventory = new Inventory({
    book: new DeviceBook(db),
    clock,
    log: log.child({ stage: "sampler" }),
    salt: settings.coordinator.salt,
    machineId: readMachineId(settings.stateDir),
    sources,
  });
  inventory.load();
  return { sources, inventory };
}

/** A state directory is one rig's chain to one coordinator; under another key it would be somebody else's. */
function requireSameRig(meta: Meta, rig: Hex, coordinator: Hex, chainId: bigint): void {
  const now = { rig, coordinator, chain_id: chainId.toString() } as const;
  for (const key of ["rig", "coordinator", "chain_id"] as const) {
    const kept = meta.get(key);
    if (kept === undefined) meta.set(key, now[key]);
    else if (kept !== now[key]) {
      throw new RigError(
        "store-other-rig",
        `the state directory is of ${key} ${kept}, the settings say ${now[key]}`,
        {
          kept,
          settings: now[key],
        },
      );
    }
  }
}
