import { uptime } from "node:os";
import { join } from "node:path";
import type { Hex } from "../proto/hex.ts";
import { sealFor } from "../proto/typed-data.ts";
import { CoordinatorError } from "./errors.ts";
import { createBeacon } from "./fleet/beacon.ts";
import { type Identity, openIdentity } from "./fleet/identity.ts";
import { loginHashOf } from "./fleet/rigs.ts";
import { createHttp } from "./http/server.ts";
import { type Carrier, createBroker } from "./intake/broker.ts";
import { createIntake, type Intake } from "./intake/intake.ts";
import { createMqtt } from "./intake/mqtt.ts";
import { lockState } from "./ledger/lock.ts";
import { LEDGER_FILE, type Ledger, openLedger } from "./ledger/open.ts";
import { type Counters, createCounters } from "./meter.ts";
import type { Clock, Log, Service, SteadyClock } from "./ports.ts";
import { createRecordKeeper } from "./record/keeper.ts";
import { pinRules } from "./record/rules.ts";
import type { Settings } from "./settings.ts";
import { CURVE, CURVE_FAULT } from "./verify/curve.ts";

/** A coordinator that can be started and stopped once. */
export interface Coordinator extends Service {
  /** Its address, which rigs pin. */
  readonly address: Hex;
  /** Where rigs reach its broker; known after start. */
  readonly brokerUrl: string;
  /** Where its pages are; known after start. */
  readonly httpUrl: string;
  readonly counters: Counters;
}

const wallClock: Clock = () => Math.floor(Date.now() / 1000);
// Time since the machine booted, its sleep included: that is no step.
const steadyClock: SteadyClock = () => uptime();

function pinChain(db: Ledger, chainId: bigint): void {
  const pin = db.transaction(() => {
    db.prepare("INSERT INTO meta (key, value) VALUES ('chain_id', ?) ON CONFLICT DO NOTHING").run(
      String(chainId),
    );
    return db.prepare("SELECT value FROM meta WHERE key = 'chain_id'").pluck().get() as string;
  });
  const pinned = pin.immediate();
  if (pinned === String(chainId)) return;
  throw new CoordinatorError(
    "state-other-chain",
    `the settings say chain id ${chainId}, but all in this state directory is signed for ${pinned}`,
  );
}

function sayCurve(log: Log): void {
  if (CURVE_FAULT === undefined) return;
  log.error(
    "The native signature check did not load: the slow one is used",
    { backend: CURVE.backend },
    CURVE_FAULT,
  );
}

function sayWhoMaySee({ http }: Settings, log: Log): void {
  if (http.publicUrl !== undefined) return;
  log.warn("Operator pages are open to this machine; set public_url behind a proxy", {
    host: http.host,
  });
}

interface Opened {
  readonly identity: Identity;
  readonly db: Ledger;
  readonly release: () => void;
}

function openState(settings: Settings): Opened {
  // The identity first: a directory without one is not ours to put files in.
  const identity = openIdentity(settings.state);
  const unlock = lockState(settings.state);
  let db: Ledger | undefined;
  const release = (): void => {
    db?.close();
    unlock();
  };
  try {
    db = openLedger(join(settings.state, LEDGER_FILE));
    pinChain(db, settings.chainId);
    pinRules(db, settings);
    return { identity, db, release };
  } catch (thrown) {
    release();
    throw thrown;
  }
}

function carrierFor(
  { broker }: Settings,
  { db, identity }: Opened,
  intake: Intake,
  log: Log,
  meter: Counters,
): Carrier {
  const receive = intake.receive;
  if (broker.kind === "embedded") {
    const { host, port } = broker;
    return createBroker({
      host,
      port,
      receive,
      log,
      meter,
      loginHashOf: (rig) => loginHashOf(db, rig),
    });
  }
  const clientId = `rig-coordinator-${identity.signer.address.slice(2, 14)}`;
  return createMqtt({ broker, clientId, receive, room: intake.room, log, meter });
}

/**
 * A coordinator over a state directory. Opens identity, lock and ledger at once, so that what is wrong with them is
 * thrown here (a CoordinatorError); listens from `start` on.
 *
 *   carrier ─▶ intake ─▶ ledger ─▶ keeper ─▶ records ─▶ http
 *   (broker,   (read, decide,      (closes
 *    mqtt)      commit, answer)     epochs)
 */
export function openCoordinator(
  settings: Settings,
  log: Log,
  clock: Clock = wallClock,
  steady: SteadyClock = steadyClock,
): Coordinator {
  sayCurve(log);
  const opened = openState(settings);
  const { db, identity, release } = opened;
  const { signer, salt, operatorToken } = identity;
  const counters = createCounters();
  const seal = sealFor(settings.chainId);
  const part = (name: string): Log => log.child({ part: name });

  const keeper = createRecordKeeper({ db, clock, steady, settings, log: part("record") });
  const http = createHttp({
    db,
    settings,
    log: part("http"),
    keeper,
    coordinator: signer.address,
    operatorToken,
    salt,
  });
  const intake = createIntake({
    db,
    signer,
    seal,
    beacon: createBeacon(identity.beaconSecret, clock),
    clock,
    windowSeconds: settings.windowSeconds,
    log: part("intake"),
    meter: counters,
  });
  const carrier = carrierFor(settings, opened, intake, part("carrier"), counters);

  // Sinks first; stopped in reverse, the ledger last.
  const services: readonly Service[] = [intake, keeper, http, carrier];
  let stopped: Promise<void> | undefined;

  async function stopAll(): Promise<void> {
    for (const service of services.toReversed()) {
      await service.stop().catch((error: unknown) => {
        log.error("A part did not stop as it should", {}, error);
      });
    }
    release();
  }
  const stop = (): Promise<void> => {
    stopped ??= stopAll();
    return stopped;
  };

  return {
    address: signer.address,
    counters,
    get brokerUrl() {
      return carrier.url;
    },
    get httpUrl() {
      return http.url;
    },
    async start() {
      try {
        for (const service of services) await service.start();
        sayWhoMaySee(settings, log);
      } catch (thrown) {
        await stop();
        throw thrown;
      }
      log.info("The coordinator runs", {
        address: signer.address,
        broker: carrier.url,
        http: http.url,
        curve: CURVE.backend,
      });
    },
    stop,
  };
}
