import { protobuf } from "../decode/protobuf.ts";
import { defineDriver } from "../driver.ts";
import {
  COOLING_STATE,
  HASHBOARDS,
  MINER_DETAILS,
  MINER_STATS,
  POOL_GROUPS,
  TUNER_STATE,
} from "./braiins-messages.ts";
import { isBraiins, PUBLIC_IDENTITY, PUBLIC_TABLE, publicOrder } from "./braiins-public.ts";

const method = (service: string, name: string): string => `/braiins.bos.v1.${service}/${name}`;

/** Braiins OS from 22.08 on, over the gRPC dress of its public API. */
export const braiinsGrpc = defineDriver({
  name: "braiins-grpc",
  about: "Braiins OS, public API over gRPC",
  docs: "https://github.com/braiins/bos-plus-api",
  kind: "asic",
  role: "miner",
  ports: [50051],
  proof: [],
  asks: {
    details: {
      link: "grpc",
      target: method("MinerService", "GetMinerDetails"),
      decode: protobuf(MINER_DETAILS),
    },
    stats: {
      link: "grpc",
      target: method("MinerService", "GetMinerStats"),
      decode: protobuf(MINER_STATS),
    },
    boards: {
      link: "grpc",
      target: method("MinerService", "GetHashboards"),
      decode: protobuf(HASHBOARDS),
    },
    cooling: {
      link: "grpc",
      target: method("CoolingService", "GetCoolingState"),
      decode: protobuf(COOLING_STATE),
    },
    tuner: {
      link: "grpc",
      target: method("PerformanceService", "GetTunerState"),
      decode: protobuf(TUNER_STATE),
      optional: true,
    },
    pools: {
      link: "grpc",
      target: method("PoolService", "GetPoolGroups"),
      decode: protobuf(POOL_GROUPS),
      optional: true,
      rarely: true,
    },
  },
  identify: isBraiins,
  login: { kind: "token", target: method("AuthenticationService", "Login"), send: "{token}" },
  defaultLogin: { username: "root", password: "root" },
  algorithm: "sha256d",
  identity: PUBLIC_IDENTITY,
  derive: publicOrder,
  table: PUBLIC_TABLE,
});
