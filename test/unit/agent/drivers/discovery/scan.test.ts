import { createServer, type Server } from "node:net";
import t, { type Test } from "tap";
import { type Progress, scan } from "../../../../../agent/drivers/discovery/scan.ts";
import { parseTarget } from "../../../../../agent/drivers/discovery/targets.ts";
import { systemClock } from "../../../../support/driver-peers.ts";
import { driverScenes } from "../../../../support/driver-scenes.ts";

const PORT = 4028;

/** Something that listens at the cgminer port of a loopback address and answers commands from a scene. */
async function miner(
  t: Test,
  host: string,
  replies: Readonly<Record<string, Uint8Array>>,
): Promise<string[]> {
  const asked: string[] = [];
  const server: Server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", (bytes) => {
      const [, command = ""] = /"command":"(\w+)"\}/.exec(bytes.toString()) ?? [];
      asked.push(command);
      socket.end(replies[command] ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(PORT, host, resolve));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  return asked;
}

const scan_ = (words: string[], more: { onProgress?: (now: Progress) => void } = {}) =>
  scan({
    targets: words.map(parseTarget),
    clock: systemClock,
    signal: new AbortController().signal,
    spec: { timeoutMs: 2000 },
    ...more,
  });

t.test("addresses that answer are asked who they are, and no more than that takes", async (t) => {
  const { replies } = driverScenes().find(({ name }) => name === "antminer/s19-classic") ?? {
    replies: {},
  };
  const asked = await miner(t, "127.31.7.2", replies);
  await miner(t, "127.31.7.4", {});
  const told: Progress[] = [];
  const { found, unread } = await scan_(["127.31.7.1-5"], { onProgress: (now) => told.push(now) });
  t.strictSame(
    found.map(({ address, driver }) => [address, driver.name]),
    [["127.31.7.2", "antminer"]],
  );
  t.equal(found[0]?.reports[0]?.identity.model, "Antminer S19 Pro");
  t.ok(asked.filter((command) => command === "version").length <= 2, `asked: ${asked.join(" ")}`);
  t.strictSame(
    unread.map(({ address }) => address),
    ["127.31.7.4"],
    "what takes connections and says nothing is told; addresses that refuse are not",
  );
  t.match(told.at(-1), { looked: 5, of: 5, answering: 5, found: 1 });
});

t.test("a search that is called off ends at once", async (t) => {
  const abort = new AbortController();
  abort.abort(new Error("enough"));
  await t.rejects(
    scan({ targets: [parseTarget("127.31.7.0/24")], clock: systemClock, signal: abort.signal }),
    /enough/,
  );
});
