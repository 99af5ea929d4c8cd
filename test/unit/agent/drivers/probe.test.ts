import t, { type Test } from "tap";
import { RigError } from "../../../../agent/core/errors.ts";
import { probe } from "../../../../agent/drivers/probe.ts";
import { deadAddress, httpPeer, systemClock, tcpPeer } from "../../../support/driver-peers.ts";
import { driverScenes } from "../../../support/driver-scenes.ts";

const tools = { clock: systemClock };
const scenes = driverScenes();
const PATHS: Readonly<Record<string, string>> = {
  axeos: "/api/system/info",
  trex: "/summary",
  lolminer: "/summary",
  xmrig: "/2/summary",
};

/** A device that answers HTTP at its one path, and counts. */
async function httpDevice(
  t: Test,
  path: string,
  body: Uint8Array | undefined,
): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = [];
  const peer = await httpPeer((request, response) => {
    asked.push(request.url ?? "");
    if (request.url === path) response.end(body);
    else response.writeHead(404).end("not here");
  });
  t.after(() => peer.close());
  return { address: peer.address, asked };
}
const faultOf = async (work: Promise<unknown>): Promise<RigError> =>
  work.then(
    () => new RigError("bug", "no fault"),
    (thrown: unknown) => thrown as RigError,
  );

t.test("a device that speaks HTTP is known by what it answers", async (t) => {
  for (const { driver, name, replies } of scenes.filter(
    (scene) => PATHS[scene.driver] !== undefined,
  )) {
    const { address } = await httpDevice(t, PATHS[driver] ?? "", Object.values(replies)[0]);
    const found = await probe(address, tools);
    t.equal(found.driver.name, driver, name);
    t.equal(found.source.address, address, name);
    t.ok((await found.source.ask(new AbortController().signal)).reports.length > 0, name);
  }
});

t.test("a device that speaks the cgminer API is known too", async (t) => {
  for (const { name, replies } of scenes.filter(({ driver }) => driver === "antminer")) {
    const peer = await tcpPeer((socket) => {
      socket.once("data", (bytes) => {
        const command = /^\{"command":"(\w+)"\}$/.exec(bytes.toString())?.[1];
        socket.end((command === undefined ? "what?" : replies[command]) ?? "");
      });
    });
    t.after(() => peer.close());
    t.equal((await probe(peer.address, tools)).driver.name, "antminer", name);
  }
});

t.test("what several drivers would ask is asked once", async (t) => {
  const { address, asked } = await httpDevice(t, "/none", undefined);
  await faultOf(probe(address, tools));
  t.strictSame([...asked].sort(), ["/2/summary", "/api/system/info", "/summary"]);
});

t.test("a URL is asked over HTTP alone, below its path", async (t) => {
  const trex = scenes.find(({ name }) => name === "trex/four-gpus");
  const { address, asked } = await httpDevice(t, "/rig7/summary", trex?.replies["summary"]);
  t.equal((await probe(`http://${address}/rig7`, tools)).driver.name, "trex");
  t.ok(asked.every((path) => path.startsWith("/rig7/")));
});

t.test("what no driver knows is said, with what was tried", async (t) => {
  const { address } = await httpDevice(t, "/summary", Buffer.from('{"hello":1}'));
  const fault = await faultOf(probe(address, tools));
  t.equal(fault.code, "driver-unknown");
  t.match(fault.message, /tried antminer at 127\.0\.0\.1:\d+, axeos at .*xmrig at/);
});

t.test("nobody there is unreachable, with what was tried", async (t) => {
  const fault = await faultOf(probe(await deadAddress(), tools));
  t.equal(fault.code, "driver-unreachable");
  t.match(fault.message, /tried antminer at/);
});

t.test("a device that wants a login says so", async (t) => {
  const peer = await httpPeer((request, response) => {
    if (request.headers.authorization === "Bearer tk")
      response.end(scenes.find(({ name }) => name === "xmrig/running")?.replies["summary"]);
    else response.writeHead(401).end();
  });
  t.after(() => peer.close());
  t.equal((await faultOf(probe(peer.address, tools))).code, "driver-auth");
  const never = new AbortController().signal;
  t.equal(
    (await probe(peer.address, tools, never, { token: "tk", name: "cpu" })).source.name,
    "cpu",
  );
});

t.test("a device that is silent is a timeout", async (t) => {
  const peer = await tcpPeer(() => {});
  t.after(() => peer.close());
  const fault = await faultOf(
    probe(peer.address, tools, new AbortController().signal, { timeoutMs: 100 }),
  );
  t.equal(fault.code, "driver-timeout");
});

t.test("a device that two drivers know is not guessed", async (t) => {
  const xmrig = scenes.find(({ name }) => name === "xmrig/running")?.replies["summary"];
  const axeos = scenes.find(({ name }) => name === "axeos/gamma")?.replies["info"];
  const peer = await httpPeer(
    (request, response) => void response.end(request.url === "/2/summary" ? xmrig : axeos),
  );
  t.after(() => peer.close());
  const fault = await faultOf(probe(peer.address, tools));
  t.equal(fault.code, "driver-unknown");
  t.match(fault.message, /axeos, xmrig/);
});

t.test("an abort ends the search", async (t) => {
  const peer = await httpPeer(() => {});
  t.after(() => peer.close());
  const abort = new AbortController();
  const searching = faultOf(probe(peer.address, tools, abort.signal));
  abort.abort();
  t.equal((await searching).name, "AbortError");
});
