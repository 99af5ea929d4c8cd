import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { isDragonmint } from "./dragonmint-overview.ts";
import {
  BOARD_TEMPERATURE,
  boardsOf,
  devsTable,
  POOLS_IDENTITY,
  POOLS_TABLE,
  poolsOf,
  ratesOf,
} from "./maker-devs.ts";

/** Halong's DragonMint: its web page's one reply, which holds what the cgminer API says in several. */
export const dragonmint = defineDriver({
  name: "dragonmint",
  about: "DragonMint T1",
  docs: "https://github.com/brndnmtthws/dragon-rest",
  kind: "asic",
  role: "miner",
  ports: [80],
  proof: ["T1"],
  // Read by POST, with nothing in the body.
  asks: {
    summary: { link: "http", target: "/api/summary", body: "{}", decode: json },
    overview: {
      link: "http",
      target: "/api/overview",
      body: "{}",
      decode: json,
      optional: true,
      rarely: true,
    },
  },
  knownBy: ["summary", "overview"],
  identify: ({ summary, overview }) =>
    (/^DT\d$/.test(String(pointer(summary, "/DEVS/0/Name"))) &&
      isRecord(pointer(summary, "/HARDWARE"))) ||
    isDragonmint(overview),
  login: {
    kind: "token",
    target: "/api/auth",
    body: "username={username}&password={password}",
    token: "/jwt",
    send: "Bearer {token}",
  },
  defaultLogin: { username: "admin", password: "dragonadmin" },
  algorithm: "sha256d",
  identity: {
    summary: { make: { always: "DragonMint" }, model: "/model", ...POOLS_IDENTITY },
    // Its hardware address is the one that the maker of the processor ships, the same on many of them.
    overview: {
      make: { always: "DragonMint" },
      model: "/type",
      firmware: "/version/platform_v",
    },
  },
  derive: ({ summary }) => {
    if (summary === undefined) return {};
    const [, model] = /^D(T\d)$/.exec(String(pointer(summary, "/DEVS/0/Name"))) ?? [];
    return {
      summary: {
        ...ratesOf(boardsOf(summary, "5s")),
        ...poolsOf(summary),
        model,
        duty: pointer(summary, "/HARDWARE/Fan duty"),
      },
    };
  },
  table: {
    summary: [
      ...devsTable(5, [BOARD_TEMPERATURE]),
      ...POOLS_TABLE,
      { metric: "fan_duty", at: "/duty", unit: "%" },
    ],
  },
});
