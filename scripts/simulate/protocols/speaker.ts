import type { Protocol } from "./protocol.ts";

/** A model as it is sold. */
export interface Model {
  readonly model: string;
  /** H/s when warm. */
  readonly hashrate: number;
  /** At full load. */
  readonly watts: number;
}

/** How machines of a kind behave. */
export interface Nature {
  /** As it is signed. */
  readonly algorithm: string;
  /** Of a share. */
  readonly difficulty: number;
  /** Where pools do not agree on one, as its own pool has it. */
  readonly hashesPerDifficulty?: number;
  /** Standard deviation of the hashrate, of 1. */
  readonly noise: number;
  readonly warmUpMs: number;
  readonly warmUp: "ramp" | "wait";
  readonly idleWatts: number;
  /** Chip temperature above ambient at full load. */
  readonly riseCelsius: number;
}

/** Where a device listens, and how it is spoken to there. */
export interface Door {
  /** line: TCP as `tcp`, but whatever comes is the question, and the reply ends with the connection. */
  readonly link: "tcp" | "line" | "http" | "framed" | "grpc";
  /** 0: any that is free. */
  readonly port: number;
}

/** A family of devices: who it is, where it listens, what it is made of, what it says. */
export interface Speaker {
  /** The name of the driver that reads it. */
  readonly name: string;
  /** The address of a device names the first. */
  readonly doors: readonly [Door, ...Door[]];
  /** The GPUs that a miner program drives: whose sensors show them too, and how many there are when nobody says. */
  readonly gpus?: {
    readonly make: "nvidia" | "amdgpu";
    readonly count: number;
    /** Where they are if they can, when nobody says: for a program that is clear on some buses only. */
    readonly buses?: readonly number[];
  };
  /** Later devices of a site, or GPUs of a device, take the next one. */
  readonly models: readonly [Model, ...Model[]];
  readonly nature: Nature;
  /** For the agent's settings, where the device says nothing without it. */
  readonly login?: { readonly username: string; readonly password: string };
  readonly protocol: Protocol;
}

/** A big SHA-256 machine. */
export const ASIC: Nature = {
  algorithm: "sha256d",
  difficulty: 65_536,
  noise: 0.01,
  warmUpMs: 30_000,
  warmUp: "ramp",
  idleWatts: 25,
  riseCelsius: 52,
};

/** A SHA-256 board of a few watts. */
export const BOARD: Nature = {
  ...ASIC,
  difficulty: 1000,
  noise: 0.015,
  warmUpMs: 10_000,
  idleWatts: 2,
  riseCelsius: 36,
};

/** A GPU, which builds its DAG under full load before it hashes. */
export const GPU: Nature = {
  algorithm: "etchash",
  difficulty: 5e8,
  noise: 0.005,
  warmUpMs: 15_000,
  warmUp: "wait",
  idleWatts: 18,
  riseCelsius: 38,
};

/** GPUs on Equihash, of which each pool writes difficulties in its own way. */
export const EQUIHASH: Nature = {
  ...GPU,
  algorithm: "equihash",
  difficulty: 1,
  hashesPerDifficulty: 8192,
  warmUp: "ramp",
};

/** A processor on RandomX. */
export const CPU: Nature = {
  algorithm: "randomx",
  difficulty: 100_000,
  noise: 0.01,
  warmUpMs: 5000,
  warmUp: "wait",
  idleWatts: 40,
  riseCelsius: 45,
};

/** NVIDIA cards with what they do on etchash. */
export const NVIDIA_CARDS: readonly [Model, ...Model[]] = [
  { model: "RTX 3070", hashrate: 61.4e6, watts: 122 },
  { model: "RTX 3080", hashrate: 98.2e6, watts: 232 },
  { model: "RTX 3060 Ti", hashrate: 60.1e6, watts: 119 },
  { model: "RTX 3090", hashrate: 120.7e6, watts: 288 },
];

/** AMD cards with what they do on etchash. */
export const AMD_CARDS: readonly [Model, ...Model[]] = [
  { model: "Radeon RX 6800 XT", hashrate: 64.2e6, watts: 131 },
  { model: "Radeon RX 6700 XT", hashrate: 47.3e6, watts: 104 },
];
