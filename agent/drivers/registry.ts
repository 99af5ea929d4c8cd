import { antminer } from "./asics/antminer.ts";
import { axeos } from "./asics/axeos.ts";
import type { Driver } from "./driver.ts";
import { amdgpu } from "./gpus/amdgpu.ts";
import { nvidia } from "./gpus/nvidia.ts";
import { host } from "./hosts/host.ts";
import { lolminer } from "./miners/lolminer.ts";
import { trex } from "./miners/trex.ts";
import { xmrig } from "./miners/xmrig.ts";

/** Every driver, in the order in which an unknown device is asked. */
export const DRIVERS: readonly Driver[] = [
  antminer,
  axeos,
  trex,
  lolminer,
  xmrig,
  nvidia,
  amdgpu,
  host,
];
