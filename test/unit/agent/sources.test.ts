import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import t, { type Test } from "tap";
import type { Clock } from "../../../agent/core/ports.ts";
import { readSettings } from "../../../agent/settings/load.ts";
import { configuredSources } from "../../../agent/sources.ts";
import { openDatabase } from "../../../agent/store/open.ts";
import { Pins } from "../../../agent/store/pins.ts";
import { codeOf, httpPeer, type Peer, systemClock } from "../../support/driver-peers.ts";
import { driverScenes } from "../../support/driver-scenes.ts";
import { FakeClock, FakeLog } from "../../support/fakes.ts";
import { httpsPeer, selfSigned } from "../../support/self-signed.ts";

const never = new AbortController().signal;
const BOARD = JSON.stringify({ ASICModel: "BM1370", hashRate: 1180.4, power: 17.5, temp: 61.5 });
const SITE = `coordinator:
  address: "0x0000000000000000000000000000000000000001"
  chain_id: 1
  salt: "0x${"0".repeat(64)}"
sensors: { nvidia: off, amdgpu: off, intel: off, host: off }
devices:
`;

type Configured = ReturnType<typeof configuredSources>[number];

function sourceOf(t: Test, device: string, pins: Pins | undefined, clock: Clock = new FakeClock()) {
  const settings = readSettings(`${SITE}  - { name: d, ${device} }\n`, "/a.yaml");
  const tools = { clock, log: new FakeLog(), ...(pins === undefined ? {} : { pins }) };
  const [source] = configuredSources(settings, tools);
  t.after(() => source?.stop());
  return source as Configured;
}

t.test(
  "a device's certificate stays pinned over a restart, until the settings name another",
  async (t) => {
    const db = openDatabase(t.testdir({}));
    t.after(() => db.close());
    const [own, other] = [selfSigned(), selfSigned()];
    const peer = await httpsPeer(own, (_request, response) => void response.end(BOARD));
    t.after(() => peer.close());
    const device = `driver: axeos, address: "https://${peer.address}"`;
    const ask = (more = ""): Promise<string> =>
      codeOf(sourceOf(t, `${device}${more}`, new Pins(db)).ask(never));
    t.equal(await ask(), "none");
    t.equal(new Pins(db).pinOf(peer.address), own.fingerprint);
    new Pins(db).pin(peer.address, other.fingerprint);
    t.equal(await ask(), "driver-auth");
    t.equal(await ask(`, fingerprint: "${own.fingerprint}"`), "none");
    t.equal(await ask(), "none");
  },
);

t.test(
  "a login that is refused while a device is looked for is not sent with every look",
  async (t) => {
    const clock = new FakeClock();
    let tries = 0;
    const peer = await httpPeer((request, response) => {
      if (request.headers.authorization !== undefined) tries += 1;
      response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
    });
    t.after(() => peer.close());
    const device = `address: "http://${peer.address}", username: root, password: hunter2`;
    const source = sourceOf(t, device, undefined, clock);
    for (let i = 0; i < 3; i += 1) t.equal(await codeOf(source.ask(never)), "driver-auth");
    t.equal(tries, 1);
    clock.advance(60_000);
    t.equal(await codeOf(source.ask(never)), "driver-auth");
    t.equal(tries, 2);
  },
);

/** A board at any address of this host. */
async function board(t: Test): Promise<Peer> {
  const peer = await httpPeer((_request, response) => void response.end(BOARD));
  t.after(() => peer.close());
  return peer;
}

t.test("one place has one spelling, however the settings write it", async (t) => {
  const { address } = await board(t);
  const spelt = async (written: string): Promise<string> => {
    const source = sourceOf(t, `driver: axeos, address: "${written}"`, undefined);
    t.equal(await codeOf(source.ask(never)), "none", written);
    return source.address;
  };
  for (const written of [address, `http://${address}/`]) t.equal(await spelt(written), address);
  t.not(await spelt(`http://${address}/rig7`), address, "a path tells two devices apart");
  const auto = sourceOf(t, `address: "${address}"`, undefined);
  t.equal(await codeOf(auto.ask(never)), "none");
  t.equal(auto.address, address);
  t.equal(auto.make, "axeos");
});

t.test("a host alone and its driver's usual port are one place", async (t) => {
  const replies = driverScenes().find(({ name }) => name === "antminer/s19-classic")?.replies ?? {};
  const host = "127.93.11.1";
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", (bytes) => {
      const [, command = ""] = /"command":"(\w+)"\}/.exec(bytes.toString()) ?? [];
      socket.end(replies[command] ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(4028, host, resolve));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  for (const device of [`driver: antminer, address: ${host}`, `address: "${host}:4028"`]) {
    const source = sourceOf(t, device, undefined, systemClock);
    t.equal(await codeOf(source.ask(never)), "none");
    t.equal(source.address, `${host}:4028`);
  }
});

t.test("what runs at an address of this host's interfaces is this host's", async (t) => {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  for (const { address, family } of addresses.filter(({ scopeid }) => !scopeid)) {
    const written = family === "IPv6" ? `[${address}]:4067` : `${address}:4067`;
    const source = sourceOf(t, `driver: trex, address: "${written}"`, undefined);
    t.equal(source.local, true, written);
    t.equal(source.address, "127.0.0.1:4067", written);
  }
  t.equal(sourceOf(t, 'driver: trex, address: "192.0.2.7:4067"', undefined).local, false);
});
