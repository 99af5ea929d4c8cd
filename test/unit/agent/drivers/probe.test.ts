import t, { type Test } from "tap";
import { RigError } from "../../../../agent/core/errors.ts";
import { probe } from "../../../../agent/drivers/probe.ts";
import { DRIVERS } from "../../../../agent/drivers/registry.ts";
import { deadAddress, httpPeer, systemClock, tcpPeer } from "../../../support/driver-peers.ts";
import { driverScenes, type Scene } from "../../../support/driver-scenes.ts";

const tools = { clock: systemClock };
const scenes = driverScenes();
/** A device that answers HTTP at the paths of a scene's asks, and counts. */
async function httpDevice(
  t: Test,
  replies: Readonly<Record<string, Uint8Array | undefined>>,
): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = [];
  const peer = await httpPeer((request, response) => {
    asked.push(request.url ?? "");
    const reply = replies[request.url ?? ""];
    if (reply === undefined) response.writeHead(404).end("not here");
    else response.end(reply);
  });
  t.after(() => peer.close());
  return { address: peer.address, asked };
}
/** A scene's replies by the path that each is asked at; undefined where it is not read over HTTP alone. */
function byPath({ driver: name, replies }: Scene): Record<string, Uint8Array> | undefined {
  const driver = DRIVERS.find((one) => one.name === name);
  const asks = Object.values(driver?.asks ?? {});
  const plain = asks.every(
    ({ link, port, body, login }) => link === "http" && !port && !body && !login,
  );
  if (driver === undefined || driver.generic || driver.login || !plain) return undefined;
  return Object.fromEntries(
    Object.entries(replies).map(([ask, reply]) => [driver.asks[ask]?.target ?? "", reply]),
  );
}
const faultOf = async (work: Promise<unknown>): Promise<RigError> =>
  work.then(
    () => new RigError("bug", "no fault"),
    (thrown: unknown) => thrown as RigError,
  );

t.test("a device that speaks HTTP is known by what it answers", async (t) => {
  const known = new Set<string>();
  for (const scene of scenes) {
    const replies = byPath(scene);
    if (replies === undefined) continue;
    const { address } = await httpDevice(t, replies);
    const found = await probe(address, tools);
    t.equal(found.driver.name, scene.driver, scene.name);
    t.equal(found.source.address, address, scene.name);
    known.add(scene.driver);
  }
  t.ok(known.size > 8, `${[...known].join(", ")}`);
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
  const { address, asked } = await httpDevice(t, {});
  await faultOf(probe(address, tools));
  t.ok(asked.includes("/summary"), "of T-Rex and lolMiner among others");
  t.equal(new Set(asked).size, asked.length);
});

t.test("a device that is known is not asked more", async (t) => {
  const scene = scenes.find(({ name }) => name === "axeos/gamma") as Scene;
  const { address, asked } = await httpDevice(t, byPath(scene) ?? {});
  await probe(`${address}`, tools);
  const after = asked.slice(asked.indexOf("/api/system/info") + 1);
  t.strictSame(after, []);
});

t.test("a URL is asked over HTTP alone, below its path", async (t) => {
  const trex = scenes.find(({ name }) => name === "trex/four-gpus");
  const { address, asked } = await httpDevice(t, { "/rig7/summary": trex?.replies["summary"] });
  t.equal((await probe(`http://${address}/rig7`, tools)).driver.name, "trex");
  t.ok(asked.every((path) => path.startsWith("/rig7/")));
});

t.test("what no driver knows is said, with what was tried", async (t) => {
  const { address } = await httpDevice(t, { "/summary": Buffer.from('{"hello":1}') });
  const fault = await faultOf(probe(address, tools));
  t.equal(fault.code, "driver-unknown");
  t.match(fault.message, /tried 127\.0\.0\.1:\d+ \(\d+ drivers\)/);
});

t.test("nobody there is unreachable, with what was tried", async (t) => {
  const fault = await faultOf(probe(await deadAddress(), tools));
  t.equal(fault.code, "driver-unreachable");
  t.match(fault.message, /tried 127\.0\.0\.1:\d+ /);
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

t.test("the login in an address holds for the source that is found", async (t) => {
  const summary = scenes.find(({ name }) => name === "trex/four-gpus")?.replies["summary"];
  const peer = await httpPeer((request, response) => {
    const isIn = request.headers.authorization === `Basic ${btoa("me:hunter2")}`;
    if (!isIn) response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end();
    else if (request.url === "/summary") response.end(summary);
    else response.writeHead(404).end();
  });
  t.after(() => peer.close());
  const { driver, source } = await probe(`http://me:hunter2@${peer.address}/`, tools);
  t.after(() => source.stop());
  t.equal(driver.name, "trex");
  t.ok((await source.ask(new AbortController().signal)).reports.length > 0);
});

t.test(
  "a stranger that says no to everything is sent a login once, and no way but as it asks",
  async (t) => {
    const digest = 'Digest realm="x", nonce="n", qop="auth"';
    for (const [status, headers, logins] of [
      [403, {}, 0],
      [301, { location: "https://other.example/" }, 0],
      [401, { "www-authenticate": digest }, 1],
      [401, { "www-authenticate": "Basic realm=x" }, 1],
    ] as const) {
      const shown: string[] = [];
      const peer = await httpPeer(async (request, response) => {
        let body = "";
        for await (const chunk of request) body += String(chunk);
        const { authorization } = request.headers;
        if (authorization || /hunter2/.test(body + request.url)) shown.push(authorization ?? body);
        response.writeHead(status, headers).end();
      });
      t.after(() => peer.close());
      const spec = { username: "root", password: "hunter2" };
      await faultOf(probe(`http://${peer.address}/`, tools, new AbortController().signal, spec));
      t.equal(shown.length, logins, `${status} ${JSON.stringify(headers)}`);
      t.notMatch(shown.join(), /hunter2/);
      if (JSON.stringify(headers).includes("Digest")) t.match(shown, [/^Digest /]);
    }
  },
);

t.test("a device that is silent is a timeout", async (t) => {
  const peer = await tcpPeer(() => {});
  t.after(() => peer.close());
  const fault = await faultOf(
    probe(peer.address, tools, new AbortController().signal, { timeoutMs: 100 }),
  );
  t.equal(fault.code, "driver-timeout");
});

t.test("an abort ends the search", async (t) => {
  const peer = await httpPeer(() => {});
  t.after(() => peer.close());
  const abort = new AbortController();
  const searching = faultOf(probe(peer.address, tools, abort.signal));
  abort.abort();
  t.equal((await searching).name, "AbortError");
});
