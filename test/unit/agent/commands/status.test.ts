import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import t, { type Test } from "tap";
import { StatusServer } from "../../../../agent/status/server.ts";
import type { StatusSnapshot } from "../../../../agent/status/snapshot.ts";
import { runCommandLine } from "../../../support/command-io.ts";
import { deadAddress } from "../../../support/driver-peers.ts";
import { FakeLog } from "../../../support/fakes.ts";
import { MINER, snapshotOf } from "../../../support/status-snapshot.ts";

async function serve(t: Test, snapshot: StatusSnapshot, simulated = false): Promise<string> {
  const listen = { host: "127.0.0.1", port: 0 };
  const source = { snapshot: () => snapshot };
  const server = new StatusServer({ listen, version: "1", simulated, source, log: new FakeLog() });
  await server.start();
  t.after(() => server.stop());
  return server.url as string;
}

async function impostor(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test("a rig that is well is a screenful and exit 0", async (t) => {
  const { code, out } = await runCommandLine("status", "--url", await serve(t, snapshotOf()));
  t.equal(code, 0);
  t.strictSame(out.split("\n"), [
    "OK: measuring and delivering",
    `Rig           0x${"ab".repeat(20)}`,
    "Up            1 d 2 h",
    "Coordinator   connected",
    "Outbox        1, the oldest for 0.4 s",
    "Last receipt  sequence 9007199254740993, 30 s ago",
    "Last signed   sequence 9007199254740994, era 1800000000",
    "",
    "DEVICE      STATE  SAMPLE     HASHRATE    POWER    CHIP",
    "antminer-1  ok     2.5 s ago  104.2 TH/s  3.25 kW  65 °C",
  ]);
});

t.test("a rig that wants a look is exit 1, a broken one exit 2, and both say why", async (t) => {
  const { sampleAgeMs: _, ...silent } = { ...MINER, state: "outage" as const, readings: [] };
  const warned = await runCommandLine(
    "status",
    "--url",
    await serve(t, snapshotOf({ devices: [silent] }), true),
  );
  t.equal(warned.code, 1);
  t.match(warned.out, /^SIMULATED/);
  t.match(warned.out, "antminer-1 is in outage: has not answered yet.");
  t.match(warned.out, /antminer-1 +outage +none yet +- +- +-/);
  const faults = [
    { code: "store-failed", message: "The database is gone.", stopsWork: true },
  ] as const;
  const broken = await runCommandLine(
    "status",
    "--url",
    await serve(t, snapshotOf({ faults })),
    "--json",
  );
  t.equal(broken.code, 2);
  t.match(JSON.parse(broken.out), {
    health: { level: "broken", reasons: ["The database is gone."] },
  });
});

t.test("no agent, another program and a wrong URL are exit 2 in words", async (t) => {
  const urls = [
    [`http://${await deadAddress()}`, /is it running\?/],
    [await impostor(t, (_, response) => response.end("<html>")), /is no rig-agent/],
    [await impostor(t, (_, response) => response.end('{"health":1}')), /is no rig-agent/],
    [
      await impostor(t, (_, response) => response.writeHead(302, { Location: "/" }).end()),
      /No agent answers/,
    ],
    [
      await impostor(t, (_, response) => response.writeHead(500).end("no\u001b[2J")),
      /answered 500: no/,
    ],
    ["nonsense", /is no http URL/],
  ] as const;
  for (const [url, why] of urls) {
    const { code, out, err } = await runCommandLine("status", "--url", url);
    t.strictSame([code, out], [2, ""], url);
    t.match(err, why);
    t.notMatch(err, "\u001b");
    t.notMatch(err, "    at ");
  }
});

t.test("an endless answer is cut off", async (t) => {
  const url = await impostor(t, (_, response) => {
    const chunk = Buffer.alloc(1 << 20, 0x20);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", more);
    more();
  });
  const { code, err } = await runCommandLine("status", "--url", url);
  t.equal(code, 2);
  t.match(err, "too large");
});
