import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Test } from "tap";
import { startSite } from "../../scripts/simulate/site.ts";
import type { DeviceSpec } from "../../scripts/simulate/specs.ts";
import { type PlainAttestation, type PlainBundle, saysKnown } from "./bundle-shape.ts";
import { addressOf, buildAgent, newWallet, startCoordinator } from "./flow-world.ts";
import type { KnownMachine } from "./served-replies.ts";
import { startTappedBroker } from "./tapped-broker.ts";
import { until } from "./until.ts";

/** Site, agent and coordinator around a broker that strangers can speak on. Windows and asks of a second. */
export async function openTappedWorld(test: Test, devices: DeviceSpec[], baseAddress: string) {
  const directory = test.testdir();
  const [rigWallet, owner, stranger] = [newWallet(), newWallet(), newWallet()];
  const rig = addressOf(rigWallet);
  const broker = await startTappedBroker();
  test.after(() => broker.stop());
  const site = await startSite({
    site: { seed: 7, devices },
    ports: "any",
    baseAddress,
  });
  test.after(() => site.stop());
  const openCoordinator = () =>
    startCoordinator({
      directory: join(directory, "coordinator"),
      ...{ window: "1s", epoch: "10s", grace: "5s" },
      brokerUrl: broker.url,
    });
  const coordinator = { now: await openCoordinator() };
  test.after(() => coordinator.now.running.stop());
  await coordinator.now.addRig(rig, addressOf(owner));
  const agent = buildAgent({
    directory: join(directory, "agent"),
    ...{ site, coordinator: coordinator.now, wallet: rigWallet },
    brokerUrl: broker.url,
    ...{ interval: "1s", timeout: "900ms", host: "off" },
  });
  const topic = (tail: string): string => `rig/v1/${rig}/${tail}`;
  const attested = async (fromSeconds: number): Promise<readonly PlainAttestation[]> => {
    const path = `/api/rigs/${rig}/attestations?from=${fromSeconds}`;
    return (await coordinator.now.get<PlainBundle>(path)).attestations;
  };
  return {
    ...{ broker, site, coordinator, openCoordinator, agent, rig, stranger, topic, attested },
    database: join(directory, "agent", "rig.db"),
    forged: () => agent.meter.counts.get("rig_errors_total transport-forged") ?? 0,
  };
}

export type TappedWorld = Awaited<ReturnType<typeof openTappedWorld>>;

/** Unix seconds, with a fraction. */
export const nowSeconds = (): number => Date.now() / 1000;

/** Looks a few times a second. */
export const untilSeen = <T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  withinMs: number,
) =>
  until(
    what,
    async () => {
      await pause(200);
      return look();
    },
    withinMs,
  );

/** Waits for an attestation, of a window that begins after now, in which the hashes of every machine are known. */
export async function untilAllWell(
  { attested }: Pick<TappedWorld, "attested">,
  machines: readonly KnownMachine[],
): Promise<PlainAttestation> {
  const from = Math.ceil(nowSeconds());
  return untilSeen(
    "a window in which all is well",
    async () =>
      (await attested(from)).find(({ statement: { devices } }) =>
        machines.every(({ id }) => devices.some((row) => row.id === id && saysKnown(row, 0))),
      ),
    30_000,
  );
}
