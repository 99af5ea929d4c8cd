import { pointer } from "../pointer.ts";
import type { Table } from "../table.ts";
import { gpuSensors } from "./gpu-sensors.ts";
import { gpusOf, meanRows } from "./xmrig-summary.ts";

/** What the GPUs of XMRig's `/2/backends`, put in order by `backendsOf`, say. */
export const backendsTable: Table = [
  {
    devices: "/gpus",
    pci: { at: "/bus_id", base: 16 },
    identity: { model: ["/board", "/name"], pool: "^/pool", worker: "^/worker" },
    rows: [
      meanRows,
      // Without NVML or ADL there is no health; a card that has no meter says 0 W.
      ...gpuSensors({
        chip: "/health/temperature",
        power: "/health/power",
        clock: "/health/clock",
        memoryClock: "/health/mem_clock",
      }),
      { metric: "fan_duty", at: "/health/fan_speed/0", part: "fan/0", unit: "%", optional: true },
      { metric: "fan_duty", at: "/health/fan_speed/1", part: "fan/1", unit: "%", optional: true },
      { metric: "fan_duty", at: "/health/fan_speed/2", part: "fan/2", unit: "%", optional: true },
      { metric: "fan_speed", at: "/health/rpm", part: "fan/0", unit: "rpm", optional: true },
      { metric: "uptime", at: "^/uptime", unit: "s", optional: true },
      { state: "^/halted", words: { paused: "sleeping" } },
    ],
  },
];

/** The GPUs of XMRig's `/2/backends` with what its summary says of all of them. */
export function backendsOf(backends: unknown, summary: unknown): unknown {
  return {
    gpus: gpusOf(backends, summary),
    uptime: pointer(summary, "/uptime"),
    pool: pointer(summary, "/connection/pool"),
    worker: pointer(summary, "/worker_id"),
    halted: pointer(summary, "/paused") === true ? "paused" : undefined,
  };
}
