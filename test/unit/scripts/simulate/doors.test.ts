import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import t, { type Test } from "tap";
import { ROOT } from "../../../../scripts/simulate/protocols/antminer.ts";
import { type Site, startSite } from "../../../../scripts/simulate/site.ts";
import { ask, handClock } from "./asking.ts";

let nth = 0;
async function start(t: Test, driver: string): Promise<{ site: Site; address: string }> {
  nth += 1;
  const site = await startSite({
    site: { devices: [{ driver, age: "10m" }] },
    ports: "any",
    baseAddress: `127.0.46.${nth}`,
    clock: handClock().now,
    refreshMs: 0,
  });
  t.after(() => site.stop());
  return { site, address: site.device(`${driver}-1`).address ?? "" };
}

/** A frame of the Whatsminer API, version 3. */
function frame(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}

/** Sends bytes, in two parts, and listens until the device hangs up; what it said after four bytes of length. */
function framed(address: string, bytes: Buffer): Promise<string> {
  const [host = "", port] = address.split(":");
  return new Promise((resolve) => {
    const heard: Buffer[] = [];
    const socket = connect({ host, port: Number(port) }, () => {
      socket.write(bytes.subarray(0, 6), () => socket.write(bytes.subarray(6)));
    });
    socket.on("data", (chunk: Buffer) => heard.push(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve(Buffer.concat(heard).subarray(4).toString()));
  });
}

t.test("a framed device hears a question that comes in pieces", async (t) => {
  const { address } = await start(t, "whatsminer-v3");
  const heard = await framed(address, frame('{"cmd":"get.miner.status","param":"summary"}'));
  t.equal(JSON.parse(heard).msg.summary.elapsed, 600);
});

t.test("a framed device refuses what it does not know, and hangs up on nonsense", async (t) => {
  const { site, address } = await start(t, "whatsminer-v3");
  t.match(await framed(address, frame('{"cmd":"set.miner.off"}')), /"code":-2/);
  t.equal(await framed(address, frame("not json")), "");
  t.equal(await framed(address, Buffer.from("GET / HTTP/1.1\r\n\r\n")), "");
  t.strictSame(site.log.entries, [], "nothing of that is an answer");
});

t.test("a device may be spoken to at several ports", async (t) => {
  const { site, address } = await start(t, "whatsminer-v3");
  const reply = await ask(`${address.split(":")[0]}:4028`, '{"command":"summary"}');
  t.match(reply.bytes.toString(), /"Difficulty Accepted"/);
  t.equal(site.device("whatsminer-v3-1").log[0]?.ask, "summary");
});

t.test("a page behind a digest login opens to the right password only", async (t) => {
  const { address } = await start(t, "elphapex");
  const url = `http://${address}/cgi-bin/pools.cgi`;
  const refused = await fetch(url);
  t.equal(refused.status, 401);
  const challenge = refused.headers.get("www-authenticate") ?? "";
  t.match(challenge, /^Digest realm="ElphaPex Miner", nonce="[0-9a-f]{32}", algorithm=MD5/);
  const wrong = `Digest username="${ROOT.username}", realm="ElphaPex Miner", uri="/cgi-bin/pools.cgi", response="0"`;
  t.equal((await fetch(url, { headers: { authorization: wrong } })).status, 401);
  t.equal((await fetch(`http://${address}/nothing`)).status, 404, "there is nothing to let in to");
});

t.test("a page behind a token opens with the token that its login gives", async (t) => {
  const { site, address } = await start(t, "braiins-rest");
  const url = `http://${address}/api/v1`;
  t.equal((await fetch(`${url}/miner/stats`)).status, 401);
  const login = (password: string): Promise<Response> =>
    fetch(`${url}/auth/login`, {
      method: "POST",
      body: JSON.stringify({ username: "root", password }),
    });
  t.equal((await login("wrong")).status, 401);
  const { token } = (await (await login("root")).json()) as { token: string };
  const headers = { authorization: token };
  t.equal((await fetch(`${url}/miner/stats`, { headers })).status, 200);
  t.strictSame(
    site.log.entries.map((entry) => entry.ask),
    ["/api/v1/miner/stats"],
    "logins and refusals are no answers",
  );
});

t.test("a gRPC device without a token says that it wants one", async (t) => {
  const { address } = await start(t, "braiins-grpc");
  const session = connectHttp2(`http://${address}`);
  t.after(() => session.close());
  const status = (path: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ":method": "POST", ":path": path });
      stream.on("response", (headers) => resolve(headers["grpc-status"]));
      stream.on("error", reject);
      stream.end(Buffer.alloc(5));
    });
  t.equal(Number(await status("/braiins.bos.v1.MinerService/GetMinerStats")), 16);
  t.equal(Number(await status("/braiins.bos.v1.MinerService/Reboot")), 12);
});

t.test("a thousand devices answer side by side", async (t) => {
  const site = await startSite({
    site: { devices: Array.from({ length: 1000 }, () => ({ driver: "whatsminer" })) },
    ports: "any",
    baseAddress: "127.47.0.0",
    refreshMs: 0,
  });
  t.after(() => site.stop());
  const some = [0, 499, 999].map((at) => site.devices[at]?.address ?? "");
  t.strictSame(
    some.map((address) => address.split(":")[0]),
    ["127.47.0.1", "127.47.1.244", "127.47.3.232"],
  );
  for (const address of some) {
    const { bytes } = await ask(address, '{"command":"summary"}');
    t.match(bytes.toString(), /"MHS 1m"/);
  }
});
