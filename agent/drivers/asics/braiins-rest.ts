import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isBraiins, PUBLIC_IDENTITY, PUBLIC_TABLE, publicOrder } from "./braiins-public.ts";

/** Braiins OS from 25.07 on, over the REST dress of its public API. */
export const braiinsRest = defineDriver({
  name: "braiins-rest",
  about: "Braiins OS from 25.07 on, REST",
  docs: "https://developer.braiins-os.com/",
  kind: "asic",
  role: "miner",
  ports: [80],
  proof: ["S19 XP (25.07)", "S21 Pro (26.04)"],
  asks: {
    details: { link: "http", target: "/api/v1/miner/details", decode: json },
    stats: { link: "http", target: "/api/v1/miner/stats", decode: json },
    boards: { link: "http", target: "/api/v1/miner/hw/hashboards", decode: json },
    cooling: { link: "http", target: "/api/v1/cooling/state", decode: json },
    tuner: {
      link: "http",
      target: "/api/v1/performance/tuner-state",
      decode: json,
      optional: true,
    },
    pools: { link: "http", target: "/api/v1/pools", decode: json, optional: true, rarely: true },
  },
  identify: isBraiins,
  // The token goes without a word before it.
  login: {
    kind: "token",
    target: "/api/v1/auth/login",
    body: '{"username":"{username}","password":"{password}"}',
    token: "/token",
    send: "{token}",
  },
  defaultLogin: { username: "root", password: "root" },
  algorithm: "sha256d",
  identity: PUBLIC_IDENTITY,
  derive: publicOrder,
  table: PUBLIC_TABLE,
});
