import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";

/** ixiMiner, for Ixian, whose reply is a list with one program in it. It reads no sensors. */
export const iximiner = defineDriver({
  name: "iximiner",
  about: "iximiner, GPUs",
  docs: "https://github.com/bogdanadnan/iximiner",
  kind: "gpu",
  role: "miner",
  ports: [],
  proof: ["AMD, OpenCL"],
  asks: { status: { link: "http", target: "/status", decode: json } },
  identify: ({ status }) =>
    Array.isArray(pointer(status, "/0/hashers")) &&
    pointer(status, "/0/block_height") !== undefined,
  algorithm: "argon2id",
  identity: {},
  derive: ({ status }) => {
    const [own] = listOf(status);
    if (!isRecord(own)) return { status: undefined };
    const gpus = listOf(own["hashers"])
      .filter((hasher) => pointer(hasher, "/type") === "GPU")
      .flatMap((hasher) => listOf(pointer(hasher, "/devices")))
      .filter(isRecord);
    // Shares are the program's: they are a GPU's where it has one alone.
    const [first] = gpus;
    const { shares, rejects } = own;
    return {
      status:
        gpus.length === 1
          ? { ...own, gpus: [{ ...first, shares, rejects }], all: {} }
          : { ...own, gpus, all: { shares, rejects } },
    };
  },
  table: {
    status: [
      { metric: "shares_accepted", at: "/all/shares", unit: "1", optional: true },
      { metric: "shares_rejected", at: "/all/rejects", unit: "1", optional: true },
      {
        devices: "/gpus",
        pci: { at: "/bus_id", base: 16 },
        identity: { model: "/name" },
        rows: [
          { metric: "hashrate", at: "/hashrate", unit: "H/s" },
          { metric: "shares_accepted", at: "/shares", unit: "1", optional: true },
          { metric: "shares_rejected", at: "/rejects", unit: "1", optional: true },
          { metric: "uptime", at: "^/time_running", unit: "s" },
        ],
      },
    ],
  },
});
