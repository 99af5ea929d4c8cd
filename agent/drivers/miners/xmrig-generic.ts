import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { backendsOf, backendsTable } from "./xmrig-gpus.ts";
import { cpuOf, summaryIdentity, summaryTable } from "./xmrig-summary.ts";

type Doc = Readonly<Record<string, unknown>>;

/** A program that answers as XMRig does and calls itself something else: forks, JCE, and what is yet to come. */
export const xmrigGeneric = defineDriver({
  name: "xmrig-generic",
  about: "whatever has XMRig's API and is not known better",
  docs: "https://xmrig.com/docs/miner/api",
  kind: "host",
  role: "miner",
  ports: [],
  proof: [],
  generic: true,
  asks: {
    summary: { link: "http", target: "/2/summary", decode: json, optional: true },
    old: { link: "http", target: "/api.json", decode: json, optional: true },
    root: { link: "http", target: "/", decode: json, optional: true },
    backends: { link: "http", target: "/2/backends", decode: json, optional: true },
  },
  knownBy: ["summary", "old", "root"],
  identify: (docs) => summaryIn(docs) !== undefined,
  algorithm: "^/algo",
  identity: { summary: summaryIdentity },
  derive: (docs) => {
    const summary = summaryIn(docs);
    const { backends } = docs;
    return {
      // No program answers all three: that none did is a problem of the first.
      summary: cpuOf(summary ?? {}, backends),
      ...(Array.isArray(backends) ? { backends: backendsOf(backends, summary) } : {}),
    };
  },
  table: { summary: summaryTable(), backends: backendsTable },
});

/** The first of the replies that looks like XMRig's summary; a proxy's does not count. */
function summaryIn({
  summary,
  old,
  root,
}: Readonly<{ summary?: unknown; old?: unknown; root?: unknown }>): Doc | undefined {
  return [summary, old, root]
    .filter(isRecord)
    .find(
      (doc) =>
        Array.isArray(pointer(doc, "/hashrate/total")) &&
        pointer(doc, "/results/shares_good") !== undefined &&
        doc["kind"] !== "proxy",
    );
}
