import t, { type Test } from "tap";
import { parseAddress } from "../../../../agent/drivers/address.ts";
import { type Dialled, type Dialling, Links } from "../../../../agent/drivers/dial.ts";
import type { Ask, Driver } from "../../../../agent/drivers/driver.ts";
import { Admissions } from "../../../../agent/drivers/links/admission.ts";
import { PinsInMemory } from "../../../../agent/drivers/links/pins.ts";
import { codeOf, httpPeer, systemClock, tcpPeer } from "../../../support/driver-peers.ts";
import { grpcPeer } from "../../../support/grpc-peer.ts";
import { httpsPeer, selfSigned } from "../../../support/self-signed.ts";

const never = new AbortController().signal;

function linksTo(
  t: Test,
  written: string,
  port: number,
  more: Partial<Dialling> = {},
  driver: Dialled = {},
): Links {
  const links = new Links(driver, parseAddress(written), port, {
    clock: systemClock,
    timeoutMs: 5000,
    login: {},
    access: {
      trust: { pins: new PinsInMemory(), fingerprint: undefined },
      admissions: new Admissions(systemClock),
    },
    program: "",
    periodMs: 0,
    root: undefined,
    ...more,
  });
  t.after(() => links.stop());
  return links;
}
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

t.test("each ask goes over its own kind of link, at its own port", async (t) => {
  const web = await httpPeer((request, response) => void response.end(request.url));
  const lines = await tcpPeer((socket) => void socket.once("data", () => socket.end("tcp")));
  const frames = await tcpPeer((socket) => {
    socket.once("data", () => socket.write(Buffer.from([2, 0, 0, 0, 0x7b, 0x7d])));
  });
  const calls = await grpcPeer("a.S", { M: (_call, reply) => reply(null, Buffer.from("grpc")) });
  for (const peer of [web, lines, frames, calls]) t.after(() => peer.close());
  const links = linksTo(t, "127.0.0.1", web.port);
  t.equal(text(await links.ask({ link: "http", target: "/x" }, never)), "/x");
  const at = { target: "/a.S/M" };
  t.equal(text(await links.ask({ link: "tcp", port: lines.port, ...at }, never)), "tcp");
  t.equal(text(await links.ask({ link: "framed", port: frames.port, ...at }, never)), "{}");
  t.equal(text(await links.ask({ link: "grpc", port: calls.port, ...at }, never)), "grpc");
});

t.test("a web address holds for the port that it names alone", async (t) => {
  const own = selfSigned();
  const secure = await httpsPeer(own, (request, response) => void response.end(request.url));
  const plain = await httpPeer((request, response) => void response.end(request.url));
  for (const peer of [secure, plain]) t.after(() => peer.close());
  const links = linksTo(t, `https://${secure.address}/rig`, secure.port);
  t.equal(text(await links.ask({ link: "http", target: "/a" }, never)), "/rig/a");
  const other = { link: "http", target: "/a", port: plain.port } as const;
  t.equal(text(await links.ask(other, never)), "/a");
});

t.test("a certificate is pinned for its address, whatever link asks", async (t) => {
  const own = selfSigned();
  const peer = await httpsPeer(own, (_request, response) => void response.end("in"));
  t.after(() => peer.close());
  const pins = new PinsInMemory();
  const access = {
    trust: { pins, fingerprint: undefined },
    admissions: new Admissions(systemClock),
  };
  const written = `https://${peer.address}`;
  await linksTo(t, written, peer.port, { access }).ask({ link: "http", target: "/" }, never);
  t.equal(pins.pinOf(peer.address), own.fingerprint);
  pins.pin(peer.address, "0".repeat(64));
  const again = linksTo(t, written, peer.port, { access });
  t.equal(await codeOf(again.ask({ link: "http", target: "/" }, never)), "driver-auth");
});

t.test("a login that was refused rests for whoever sends it the same way next", async (t) => {
  let asks = 0;
  const peer = await httpPeer((_request, response) => {
    asks += 1;
    response.writeHead(401).end();
  });
  t.after(() => peer.close());
  const access = {
    trust: { pins: new PinsInMemory(), fingerprint: undefined },
    admissions: new Admissions(systemClock),
  };
  const wrong = { access, login: { username: "root", password: "wrong" } };
  const ask = (login: Partial<Dialling>, driver: Pick<Driver, "login"> = {}): Promise<string> =>
    codeOf(
      linksTo(t, peer.address, peer.port, login, driver).ask({ link: "http", target: "/" }, never),
    );
  t.equal(await ask(wrong), "driver-auth");
  t.equal(await ask(wrong), "driver-auth");
  t.equal(asks, 1);
  await ask({ ...wrong, login: { username: "root", password: "other" } });
  t.equal(asks, 2, "another login is tried");
  t.equal(await ask(wrong, { login: { kind: "token", target: "/login" } }), "driver-auth");
  t.equal(asks, 2, "a name that was refused twice rests in every way");
  await ask({ access, login: { username: "admin", password: "other" } });
  t.equal(asks, 3, "another name does not");
});

t.test("a link that needs an address is a bug without one", async (t) => {
  const links = new Links({}, undefined, undefined, {
    clock: systemClock,
    timeoutMs: 100,
    login: {},
    access: {
      trust: { pins: new PinsInMemory(), fingerprint: undefined },
      admissions: new Admissions(systemClock),
    },
    program: "",
    periodMs: 0,
    root: undefined,
  });
  t.throws(() => links.ask({ link: "http", target: "/" }, never), { code: "bug" });
});

t.test(
  "a device with an https address has its web page there, whatever else its driver reads",
  async (t) => {
    const own = selfSigned();
    const secure = await httpsPeer(own, (request, response) => void response.end(request.url));
    const plain = await httpPeer((request, response) => void response.end(request.url));
    for (const peer of [secure, plain]) t.after(() => peer.close());
    const ask = (port: number): Ask => ({ link: "http", target: "/", port, decode: (x) => x });
    const asks = {
      api: { link: "tcp", target: "x", decode: (x: unknown) => x } as const,
      page: ask(8080),
    };
    const login = { username: "root", password: "hunter2" };
    const links = linksTo(t, `https://${secure.address}/rig`, 4028, { login }, { asks });
    t.equal(text(await links.ask(ask(8080), never)), "/rig/");
    t.equal(text(await links.ask(ask(80), never)), "/rig/");
  },
);

t.test("what is to go over TLS goes no other way: neither login nor request is sent", async (t) => {
  const met: string[] = [];
  const plain = await httpPeer((request, response) => {
    met.push(request.headers.authorization ?? "none");
    response.end("{}");
  });
  const calls = await tcpPeer((socket) => {
    met.push("a connection");
    socket.destroy();
  });
  for (const peer of [plain, calls]) t.after(() => peer.close());
  const login = { username: "root", password: "hunter2" };
  const trust = { pins: new PinsInMemory(), fingerprint: "a".repeat(64) };
  const access = { trust, admissions: new Admissions(systemClock) };
  for (const more of [{ login }, { access }])
    for (const [link, { port }] of [
      ["http", plain],
      ["grpc", calls],
    ] as const) {
      const links = linksTo(t, "https://127.0.0.1/", 443, more);
      const asking = links.ask({ link, port, target: "/a.S/M" }, never);
      await t.rejects(asking, { code: "settings-invalid", message: /^((?!hunter2).)*$/ }, link);
    }
  const bare = linksTo(t, calls.address, calls.port, { access });
  const asking = codeOf(bare.ask({ link: "tcp", target: "x" }, never));
  t.equal(await asking, "settings-invalid", "a driver without a web page has no certificate");
  t.strictSame(met, []);
});

t.test("the plain API beside a secure web page is read on, without the login", async (t) => {
  const lines = await tcpPeer((socket) => void socket.once("data", (got) => socket.end(got)));
  t.after(() => lines.close());
  const trust = { pins: new PinsInMemory(), fingerprint: "a".repeat(64) };
  const access = { trust, admissions: new Admissions(systemClock) };
  const asks = {
    page: { link: "http", target: "/", port: 80, decode: (x: unknown) => x },
  } as const;
  const login = { username: "root", password: "hunter2" };
  const links = linksTo(t, "https://127.0.0.1/", lines.port, { access, login }, { asks });
  t.equal(text(await links.ask({ link: "tcp", target: "summary" }, never)), "summary");
});
