import { jsonRpc } from "../decode/json-rpc.ts";
import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";
import {
  CLAYMORE_IDENTITY,
  CLAYMORE_STAT,
  isStat,
  orderedStat,
  type Speech,
} from "./claymore-stat.ts";

/**
 * Claymore's miners, PhoenixMiner and TT-Miner. The unit of their rates is not in the reply: it goes with the program,
 * whose version ends in what it mines, such as `11.8 - ETH` and `PM 5.5c - ETH`.
 */
export const claymore = defineDriver({
  name: "claymore",
  about: "Claymore's miners, PhoenixMiner, TT-Miner",
  docs: "https://github.com/nanopool/Claymore-Dual-Miner",
  kind: "gpu",
  role: "miner",
  ports: [3333],
  proof: ["Claymore 9.3 to 12.6"],
  asks: {
    getstat1: {
      link: "tcp",
      target: '{"id":0,"jsonrpc":"2.0","method":"miner_getstat1"}\n',
      decode: jsonRpc,
    },
    getstat2: {
      link: "tcp",
      target: '{"id":0,"jsonrpc":"2.0","method":"miner_getstat2"}\n',
      decode: jsonRpc,
      optional: true,
    },
  },
  knownBy: ["getstat1"],
  identify: ({ getstat1 }) =>
    isStat(getstat1) &&
    /^(.+ - [A-Z0-9]+$|TT-Miner\/)/.test(String(pointer(getstat1, "/result/0"))),
  identity: { getstat1: CLAYMORE_IDENTITY, getstat2: CLAYMORE_IDENTITY },
  // The second holds the first and where the GPUs are.
  derive: ({ getstat1, getstat2 }) =>
    isStat(getstat2)
      ? { getstat1: undefined, getstat2: orderedStat(getstat2, speechOf) }
      : { getstat1: orderedStat(getstat1, speechOf), getstat2: undefined },
  table: { getstat1: CLAYMORE_STAT, getstat2: CLAYMORE_STAT },
});

// Claymore's readme: kH/s for Ethereum and its second coins, H/s for Zcash and Monero. None of these is newer than 2019,
// so that ETH is Ethash and not Etchash, and XMR some CryptoNight and not RandomX.
const CLAYMORE: Readonly<Record<string, Speech>> = {
  ETH: { unit: "kH/s", algorithm: "ethash" },
  ZEC: { unit: "Sol/s", algorithm: "equihash" },
  XMR: { unit: "H/s", algorithm: "cryptonight" },
};

function speechOf(version: string): Speech {
  // TT-Miner gives whole hashes whatever it mines, and does not say what that is.
  if (version.startsWith("TT-Miner/")) return { unit: "H/s" };
  const [program = "", coin = ""] = version.split(" - ");
  // PhoenixMiner says ETH for all that is like it, Etchash and Ubqhash too.
  if (program.startsWith("PM")) return coin === "ETH" ? { unit: "kH/s" } : {};
  return /^\d/.test(program) ? (CLAYMORE[coin] ?? {}) : {};
}
