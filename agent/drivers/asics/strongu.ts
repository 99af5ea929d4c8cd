import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import {
  BOARD_TEMPERATURE,
  boardsOf,
  DEVS_ASKS,
  devsTable,
  POOLS_IDENTITY,
  POOLS_TABLE,
  poolsOf,
  ratesOf,
  UPTIME,
} from "./maker-devs.ts";

// What each model mines, by how its boards name themselves: `u6`, `u2000`.
const ALGORITHMS: readonly (readonly [name: RegExp, model: string, algorithm: string])[] = [
  [/^u1/, "STU-U1", "blake256r14"],
  [/^u2/, "STU-U2", "blake256r14"],
  [/^u6/, "STU-U6", "x11"],
  [/^u8/, "STU-U8", "sha256d"],
];

/** StrongU's miners. Their boards say voltage and clock in `devs`, as nobody else's do. */
export const strongu = defineDriver({
  name: "strongu",
  about: "StrongU miners",
  docs: "https://github.com/ckolivas/cgminer/blob/master/API-README",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["STU-U2", "STU-U6"],
  asks: {
    ...DEVS_ASKS,
    network: {
      link: "http",
      target: "/cgi-bin/get_network_info.cgi",
      port: 80,
      decode: json,
      optional: true,
      rarely: true,
      login: true,
    },
  },
  identify: ({ devs }) =>
    /^u\d/.test(String(pointer(devs, "/DEVS/0/Name"))) &&
    typeof pointer(devs, "/DEVS/0/volt") === "number",
  login: { kind: "digest" },
  algorithm: "^/algorithm",
  identity: {
    devs: { make: { always: "StrongU" }, model: "/model" },
    pools: POOLS_IDENTITY,
    network: { mac: "/conf_macaddr" },
  },
  derive: ({ devs, pools, summary, network }) => {
    const name = String(pointer(devs, "/DEVS/0/Name"));
    const [, model, algorithm] = ALGORITHMS.find(([pattern]) => pattern.test(name)) ?? [];
    return {
      ...(devs === undefined
        ? {}
        : { devs: { ...ratesOf(boardsOf(devs, "5s")), model, algorithm } }),
      ...(pools === undefined ? {} : { pools: { ...poolsOf(pools), algorithm } }),
      ...(summary === undefined ? {} : { summary }),
      ...(isRecord(network) ? { network } : {}),
    };
  },
  table: {
    devs: devsTable(5, [
      BOARD_TEMPERATURE,
      { metric: "frequency", at: "/Frequency", unit: "MHz", blank: 0, optional: true },
      { metric: "voltage", at: "/volt", unit: "V", blank: 0, optional: true },
    ]),
    pools: POOLS_TABLE,
    summary: [UPTIME],
  },
});
