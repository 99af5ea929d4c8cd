import t from "tap";
import { openSource } from "../../../../../agent/drivers/open.ts";
import { systemClock, tcpPeer } from "../../../../support/driver-peers.ts";
import { driverScenes } from "../../../../support/driver-scenes.ts";

t.test("a pool of another algorithm is noticed with the first rates that are of it", async (t) => {
  const scene = driverScenes().find(({ name }) => name === "sgminer/avermore-unplaced");
  const texts = Object.entries(scene?.replies ?? {}).map(([ask, reply]) => [ask, String(reply)]);
  const replies: Record<string, string> = Object.fromEntries(texts);
  const peer = await tcpPeer((socket) => {
    socket.once("data", (bytes) => socket.end(replies[JSON.parse(bytes.toString()).command] ?? ""));
  });
  t.after(() => peer.close());
  const spec = { name: "a", driver: "sgminer", address: peer.address };
  const source = openSource(spec, { clock: systemClock });
  t.after(() => source.stop());
  const algorithms = async (): Promise<unknown[]> => {
    const { reports } = await source.ask(new AbortController().signal);
    const named = reports.flatMap(({ readings }) => readings.map(({ algorithm }) => algorithm));
    return [...new Set(named.filter((name) => name !== undefined))];
  };
  const [before = ""] = await algorithms();
  t.type(before, "string");
  const pools = replies["pools"] ?? "";
  replies["pools"] = pools.replaceAll(/"Algorithm":"[^"]*"/g, '"Algorithm":"another"');
  t.not(replies["pools"], pools);
  t.strictSame(await algorithms(), ["another"]);
});
