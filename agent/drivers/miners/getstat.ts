import { isRecord, pointer } from "../pointer.ts";
import type { IdentityTable, Row, Table } from "../table.ts";
import { added } from "./mined.ts";

// EWBF counts solutions, and so does miniZ whatever it mines.
const WORK: readonly Row[] = [
  { metric: "hashrate", at: "/speed_sps", unit: "Sol/s" },
  { metric: "shares_accepted", at: "/accepted_shares", unit: "1" },
  { metric: "shares_rejected", at: "/rejected_shares", unit: "1" },
];

/**
 * What EWBF answers to `getstat`, and miniZ after it. Times in it are instants, so that nothing says for how long it runs.
 * A GPU of miniZ's that does not know its bus number says the word `busid`.
 */
export const getstatTable = (sensors: readonly Row[]): Table => [
  {
    devices: "/result",
    pci: { at: "/busid", base: 16 },
    identity: { model: "/name", pool: "^/current_server", worker: "^/user" },
    rows: [...WORK, ...sensors],
    unplaced: WORK.map((row) => ({ ...row, at: `/total${String(row.at)}` })),
  },
];

/** Who the one device is whose parts the GPUs are, where none says where it is. */
export const GETSTAT_IDENTITY: IdentityTable = { pool: "/whole/pool", worker: "/whole/worker" };

/** True for a reply to `getstat` with solutions per second in it. */
export function isGetstat(reply: unknown): boolean {
  return (
    pointer(reply, "/method") === "getstat" &&
    typeof pointer(reply, "/result/0/speed_sps") === "number"
  );
}

/** The reply with what its GPUs do together, which it does not say. */
export function withTotal(reply: unknown): unknown {
  const gpus = pointer(reply, "/result");
  if (!isRecord(reply) || !Array.isArray(gpus)) return reply;
  const total = (key: string): number | undefined =>
    added(gpus.map((gpu: unknown) => pointer(gpu, `/${key}`)));
  const isPlaced = gpus.some((gpu: unknown) => /\d/.test(String(pointer(gpu, "/busid"))));
  const { current_server: pool, user: worker } = reply;
  return {
    ...reply,
    ...(isPlaced ? {} : { whole: { pool, worker } }),
    total: {
      speed_sps: total("speed_sps"),
      accepted_shares: total("accepted_shares"),
      rejected_shares: total("rejected_shares"),
    },
  };
}
