import { rm } from "node:fs/promises";
import { FAULTS_OF, type Fault } from "./faults.ts";
import type { Truth } from "./model/history.ts";
import type { Part, PartNow } from "./protocols/protocol.ts";
import type { ReplyLog, Reported } from "./reply-log.ts";
import { amdgpuReported, type FakeAmdgpu, fakeAmdgpu } from "./sensors/amdgpu-tree.ts";
import { type FakeNvidiaSmi, fakeNvidiaSmi, nvidiaReported } from "./sensors/nvidia-smi.ts";
import {
  type AgentDevice,
  checkFault,
  partsAt,
  type RunningDevice,
  truthOf,
} from "./site-device.ts";
import type { Sensor } from "./specs.ts";

/** What the sensors of GPUs are made of. */
export interface SensorDeviceParts {
  readonly name: string;
  readonly driver: Sensor;
  /** The GPUs of the site's miners: the same machines, seen from the other side. */
  readonly parts: readonly Part[];
  /** Its own folder, removed at the end. */
  readonly folder: string;
  readonly clock: () => number;
  readonly log: ReplyLog;
}

interface Face {
  readonly source: Pick<AgentDevice, "program" | "root">;
  refresh(parts: readonly PartNow[], atMs: number, fault: Fault | undefined): Promise<void>;
  reported(part: PartNow): Reported;
}

/** The sensors of GPUs, as files: a program like nvidia-smi, or a tree like /sys. */
export class SensorDevice implements RunningDevice {
  readonly name: string;
  readonly driver: Sensor;
  readonly parts: readonly Part[];
  readonly #made: SensorDeviceParts;
  #face: Face | undefined;
  #fault: Fault | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(made: SensorDeviceParts) {
    this.name = made.name;
    this.driver = made.driver;
    this.parts = made.parts;
    this.#made = made;
  }

  source(): AgentDevice {
    return { name: this.name, driver: this.driver, ...this.#face?.source };
  }

  async start(): Promise<void> {
    const { folder } = this.#made;
    this.#face =
      this.driver === "nvidia"
        ? nvidia(await fakeNvidiaSmi(folder))
        : amdgpu(await fakeAmdgpu(folder));
    await this.tick();
  }

  // One rewrite after the other: two at once would fight over the same files.
  tick(): Promise<void> {
    const turn = this.#turn.then(() => this.#refresh());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async setFault(fault: Fault | undefined): Promise<void> {
    checkFault(this.name, fault, FAULTS_OF[this.driver]);
    this.#fault = fault;
    await this.tick();
  }

  async restart(): Promise<void> {
    throw new Error(`${this.name} shows GPUs that the miner's device restarts`);
  }

  truth(atMs: number, parts: readonly Part[]): Truth | undefined {
    return truthOf(parts, atMs, this.#made.clock());
  }

  async stop(): Promise<void> {
    this.#face = undefined;
    await this.#turn;
    await rm(this.#made.folder, { recursive: true, force: true });
  }

  async #refresh(): Promise<void> {
    if (!this.#face) return;
    const parts = partsAt(this.parts, this.#made.clock());
    const fault = this.#fault;
    const face = this.#face;
    await face.refresh(parts, this.#made.clock(), fault);
    for (const part of parts) {
      const { atMs } = part.now;
      const truth = part.machine.truth(atMs);
      this.#made.log.add({
        atMs,
        device: this.name,
        key: part.key,
        ask: "block",
        ...face.reported(part),
        ...(truth ? { trueHashes: String(truth.hashes), trueJoules: truth.joules } : {}),
        ...(fault ? { fault } : {}),
      });
    }
  }
}

function nvidia(fake: FakeNvidiaSmi): Face {
  const { program } = fake;
  return { source: { program }, reported: nvidiaReported, refresh: fake.refresh };
}

function amdgpu(fake: FakeAmdgpu): Face {
  return {
    source: { root: fake.root },
    reported: amdgpuReported,
    refresh: (parts, _atMs, fault) => fake.refresh(parts, fault),
  };
}
