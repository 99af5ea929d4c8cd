import { openSync } from "node:fs";
import { asRigError } from "../../agent/core/errors.ts";
import { scan } from "../../agent/drivers/discovery/scan.ts";
import { parseTarget } from "../../agent/drivers/discovery/targets.ts";
import { SystemClock } from "../../agent/platform/clock.ts";

/**
 * A search in a process of its own, which may be given few descriptors. Words: a network, how many sockets, where procfs
 * is, and how many files to hold open meanwhile. Prints what was found, or the fault's code.
 */
const [network = "", sockets = "", proc = "", held = "0"] = process.argv.slice(2);

/** Time that passes quickly: nobody waits for what will not come. */
class HurriedClock extends SystemClock {
  override monotonicMs(): number {
    return super.monotonicMs() * (Number(held) > 0 ? 20 : 1);
  }
}

try {
  const options = {
    targets: [parseTarget(network)],
    clock: new HurriedClock("00000000-0000-4000-8000-000000000001"),
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
