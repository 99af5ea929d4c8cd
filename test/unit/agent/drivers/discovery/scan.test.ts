import { execFile } from "node:child_process";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import t, { type Test } from "tap";
import { type Progress, scan } from "../../../../../agent/drivers/discovery/scan.ts";
import { parseTarget } from "../../../../../agent/drivers/discovery/targets.ts";
import { probedPorts } from "../../../../../agent/drivers/probe.ts";
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

const antminer = driverScenes().find(({ name }) => name === "antminer/s19-classic");

/** Something that listens at a port of a loopback address; false where that port is not for everybody. */
async function listens(t: Test, server: Server, host: string, port: number): Promise<boolean> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => {})));
  const listening = await new Promise<boolean>((resolve) => {
    server.on("error", () => resolve(false));
    server.listen(port, host, () => resolve(true));
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return listening;
}

t.test("a host that takes every connection and says nothing is given up", async (t) => {
  const host = "127.93.8.1";
  let taken = 0;
  for (const port of probedPorts())
    await listens(
      t,
      createServer(() => {
        taken += 1;
      }),
      host,
      port,
    );
  const startMs = performance.now();
  const { found, unread } = await scan({
    targets: [parseTarget(host)],
    clock: systemClock,
    signal: AbortSignal.timeout(20_000),
    spec: { timeoutMs: 300 },
  });
  t.strictSame(found, []);
  t.match(unread, [{ address: host, error: { code: "driver-unknown", message: /of \d+ ports/ } }]);
  t.ok(performance.now() - startMs < 5000, "after what the doors take and no more");
  t.ok(taken < 2 * probedPorts().length, `${taken} connections`);
});

t.test("a host that answers ever so slowly has its time, and a device beside it too", async (t) => {
  const host = "127.93.8.2";
  let [asked, held] = [0, 0];
  const slow = createHttpServer((_request, response) => {
    asked += 1;
    held = Math.max(held, performance.now());
    systemClock.after(400, () => response.writeHead(404).end());
  });
  await listens(t, slow, host, 18_027);
  await listens(t, slowTo(antminer?.replies ?? {}), host, 18_028);
  const startMs = performance.now();
  const { found } = await scan({
    targets: [parseTarget(host)],
    ports: [18_027, 18_028],
    clock: systemClock,
    signal: AbortSignal.timeout(20_000),
    hostMs: 2500,
  });
  t.ok(asked > 1 && asked < 8, `${asked} requests`);
  t.ok(held - startMs < 3500, "none is begun after the time is over");
  t.strictSame(
    found.map(({ address, driver }) => [address, driver.name]),
    [[`${host}:18028`, "antminer"]],
  );
});

/** Speaks the cgminer API. */
function slowTo(replies: Readonly<Record<string, Uint8Array>>): Server {
  return createServer((socket) => {
    socket.once("data", (bytes) => {
      const [, command = ""] = /"command":"(\w+)"\}/.exec(bytes.toString()) ?? [];
      socket.end(replies[command] ?? "");
    });
  });
}

t.test("this host's own addresses are left out", async (t) => {
  const asked = await miner(t, "127.93.8.3", antminer?.replies ?? {});
  await miner(t, "127.93.8.4", antminer?.replies ?? {});
  const told: Progress[] = [];
  const { found } = await scan({
    targets: [parseTarget("127.93.8.3-4")],
    clock: systemClock,
    signal: new AbortController().signal,
    own: new Set(["127.93.8.3"]),
    onProgress: (now) => told.push(now),
  });
  t.strictSame(
    found.map(({ address }) => address),
    ["127.93.8.4"],
  );
  t.strictSame(asked, []);
  t.match(told.at(-1), { looked: 2, of: 2, answering: 1 });
});

t.test(
  "a host that has few descriptors finds what there is all the same, or says why not",
  async (t) => {
    const host = "127.93.9.200";
    await miner(t, host, antminer?.replies ?? {});
    const program = fileURLToPath(new URL("../../../../support/scan-program.ts", import.meta.url));
    const search = async (...words: string[]): Promise<unknown> => {
      const script = `ulimit -n 64; exec "$0" "$@"`;
      const all = ["-c", script, process.execPath, program, "127.93.9.0/24", "512", ...words];
      const { stdout } = await promisify(execFile)("sh", all);
      return JSON.parse(stdout);
    };
    t.match(await search("/proc"), { found: [host] });
    t.match(await search("/nowhere"), { found: [host] }, "where it is not told how few they are");
    t.strictSame(await search("/nowhere", "64"), { code: "driver-no-socket" });
  },
);
