import { openSync } from "node:fs";
import { scan } from "../../agent/drivers/discovery/scan.ts";
import { parseTarget } from "../../agent/drivers/discovery/targets.ts";
import { asRigError } from "../../agent/core/errors.ts";
import { systemClock } from "./driver-peers.ts";

/**
 * A search in a process of its own, which may be given few descriptors. Words: a network, how many sockets, where procfs
 * is, and how many files to hold open meanwhile. Prints what was found, or the fault's code.
 */
const [network = "", sockets = "", proc = "", held = "0"] = process.argv.slice(2);

try {
  const options = {
    targets: [parseTarget(network)],
    clock: systemClock,
    signal: new AbortController().signal,
    spec: { timeoutMs: 2000 },
    ...{ sockets: Number(sockets), proc },
  };
  for (let n = 0; n < Number(held); n += 1) {
    try {
      openSync("/dev/null", "r");
    } catch {
      // There is no more to be had: that is how it is wanted.
      break;
    }
  }
  const { found, unread } = await scan(options);
  const addresses = found.map(({ address }) => address);
  process.stdout.write(JSON.stringify({ found: addresses, unread: unread.length }));
} catch (thrown) {
  process.stdout.write(JSON.stringify({ code: asRigError(thrown).code }));
}
