import { createServer as createHttpServer, type Server } from "node:http";
import { createServer, type Socket } from "node:net";
import t, { type Test } from "tap";
import { RigError } from "../../../../agent/core/errors.ts";
import { SoughtSource } from "../../../../agent/drivers/sought.ts";
import { codeOf, httpPeer, systemClock } from "../../../support/driver-peers.ts";
import { driverScenes } from "../../../support/driver-scenes.ts";
import { until } from "../../../support/until.ts";

const never = new AbortController().signal;
const scenes = driverScenes();
const repliesOf = (name: string): Readonly<Record<string, Uint8Array>> =>
  scenes.find((scene) => scene.name === name)?.replies ?? {};
const AXEOS = repliesOf("axeos/gamma")["info"];
const TREX = repliesOf("trex/four-gpus")["summary"];

function sought(t: Test, address: string, timeoutMs = 1000): SoughtSource {
  const source = new SoughtSource({ name: "d", address, timeoutMs }, { clock: systemClock });
  t.after(() => source.stop());
  return source;
}

/** Takes connections at a port of a loopback address and says nothing. */
async function hangs(t: Test, host: string, port: number): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on("error", () => {})));
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
}

t.test("a search goes on where a turn ended, and comes to its end", async (t) => {
  const host = "127.93.10.1";
  await hangs(t, host, 4028);
  const server: Server = createHttpServer((request, response) => {
    if (request.url === "/summary") response.end(TREX);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(4067, host, resolve));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  const source = sought(t, host, 400);
  let turns = 0;
  await until("the device", async () => {
    turns += 1;
    const code = await codeOf(source.ask(AbortSignal.timeout(150)));
    return code === "none";
  });
  t.ok(turns > 1, `${turns} turns, each shorter than the silence of the first port`);
  t.equal(source.driver?.name, "trex");
  t.equal(source.address, `${host}:4067`);
});

/** Something at one address of which it can be said what it is. */
async function changing(t: Test) {
  const now: { page: string; reply: Uint8Array | undefined } = {
    page: "/api/system/info",
    reply: AXEOS,
  };
  const peer = await httpPeer((request, response) => {
    if (request.url === now.page && now.reply) response.end(now.reply);
    else response.writeHead(404).end();
  });
  t.after(() => peer.close());
  return { now, address: peer.address };
}

t.test("another device that took the address is known after some failures", async (t) => {
  const { now, address } = await changing(t);
  const source = sought(t, address);
  t.equal(await codeOf(source.ask(never)), "none");
  t.equal(source.driver?.name, "axeos");
  Object.assign(now, { page: "/summary", reply: TREX });
  const met: string[] = [];
  await until("the other device", async () => {
    met.push(await codeOf(source.ask(never)));
    return met.at(-1) === "none";
  });
  t.ok(met.filter((code) => code === "driver-refused").length >= 3, met.join(" "));
  t.equal(source.driver?.name, "trex");
});

t.test("a device that fails for a while is the same when it is back", async (t) => {
  const { now, address } = await changing(t);
  const source = sought(t, address);
  t.equal(await codeOf(source.ask(never)), "none");
  now.reply = undefined;
  for (let n = 0; n < 6; n += 1) t.not(await codeOf(source.ask(never)), "none");
  t.equal(source.driver?.name, "axeos", "it is still known for what it was");
  now.reply = AXEOS;
  t.equal(await codeOf(source.ask(never)), "none");
  t.equal(source.driver?.name, "axeos");
});

t.test("what was not found is looked for again, and stopping ends a search", async (t) => {
  const { now, address } = await changing(t);
  now.reply = undefined;
  const source = sought(t, address);
  t.equal(await codeOf(source.ask(never)), "driver-unknown");
  now.reply = AXEOS;
  t.equal(await codeOf(source.ask(never)), "none");
  const host = "127.93.10.2";
  await hangs(t, host, 4028);
  const silent = sought(t, host, 60_000);
  await t.rejects(silent.ask(AbortSignal.timeout(100)), { name: "TimeoutError" });
  await silent.stop();
  await silent.stop();
});

t.test("a host at which nothing takes a connection is unreachable at once", async (t) => {
  const source = sought(t, "127.93.10.3");
  const fault = await source.ask(never).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  t.ok(fault instanceof RigError);
  t.match(fault, { code: "driver-unreachable", message: /tried ports 4028, / });
});
