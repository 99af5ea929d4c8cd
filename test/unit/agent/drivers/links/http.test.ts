import t, { type Test } from "tap";
import { httpLink } from "../../../../../agent/drivers/links/http.ts";
import type { Link, Login } from "../../../../../agent/drivers/links/link.ts";
import {
  codeOf,
  deadAddress,
  httpPeer,
  type Peer,
  systemClock,
} from "../../../../support/driver-peers.ts";

const never = new AbortController().signal;
const linkTo = (address: string, timeoutMs = 5000, login: Login = {}): Link =>
  httpLink(
    { clock: systemClock, timeoutMs, called: address },
    new URL(`http://${address}/`),
    login,
  );

async function peer(t: Test, answer: Parameters<typeof httpPeer>[0]): Promise<Peer> {
  const made = await httpPeer(answer);
  t.after(() => made.close());
  return made;
}

t.test("a reply comes as it was sent", async (t) => {
  const { address } = await peer(
    t,
    (request, response) =>
      void response.end(`${request.method} ${request.url} ${request.headers.connection}`),
  );
  const reply = await linkTo(address).ask({ target: "/api/system/info?x=1" }, never);
  t.equal(Buffer.from(reply).toString(), "GET /api/system/info?x=1 close");
});

t.test("a base with a path keeps it", async (t) => {
  const { address } = await peer(t, (request, response) => void response.end(request.url));
  const link = httpLink(
    { clock: systemClock, timeoutMs: 5000, called: "x" },
    new URL(`http://${address}/rig/`),
    {},
  );
  t.equal(Buffer.from(await link.ask({ target: "/summary" }, never)).toString(), "/rig/summary");
});

t.test("a login is sent as basic, a token as bearer", async (t) => {
  const { address } = await peer(
    t,
    (request, response) => void response.end(request.headers.authorization),
  );
  const basic = await linkTo(address, 5000, { username: "root", password: "pä" }).ask(
    { target: "/" },
    never,
  );
  t.equal(Buffer.from(basic).toString(), `Basic ${Buffer.from("root:pä").toString("base64")}`);
  const bearer = await linkTo(address, 5000, { username: "root", token: "tk" }).ask(
    { target: "/" },
    never,
  );
  t.equal(Buffer.from(bearer).toString(), "Bearer tk");
});

t.test("each status has its code, and a redirect is not followed", async (t) => {
  const asked: string[] = [];
  const { address } = await peer(t, (request, response) => {
    asked.push(request.url ?? "");
    const status = Number(request.url?.slice(1));
    response.writeHead(status, { location: "/200" }).end("body");
  });
  for (const [status, code] of [
    [401, "driver-auth"],
    [403, "driver-auth"],
    [302, "driver-refused"],
    [307, "driver-refused"],
    [404, "driver-refused"],
    [500, "driver-refused"],
  ] as const)
    t.equal(
      await codeOf(linkTo(address).ask({ target: `/${status}` }, never)),
      code,
      String(status),
    );
  t.notOk(asked.includes("/200"));
});

t.test("a reply without end is broken off at the limit, and its sender is told", async (t) => {
  let sent = 0;
  const gone = Promise.withResolvers<void>();
  const { address } = await peer(t, (_request, response) => {
    const chunk = Buffer.alloc(64 * 1024, 0x20);
    const more = (): void => {
      while (sent < 100 * 1024 * 1024 && !response.destroyed) {
        sent += chunk.length;
        if (!response.write(chunk)) return;
      }
    };
    response.on("drain", more).on("close", () => gone.resolve());
    more();
  });
  t.equal(await codeOf(linkTo(address).ask({ target: "/" }, never)), "driver-too-large");
  await gone.promise;
  t.ok(sent < 50 * 1024 * 1024, `${sent} bytes went out`);
});

t.test("a length that is too large is not waited for", async (t) => {
  const { address } = await peer(
    t,
    (_request, response) =>
      void response.writeHead(200, { "content-length": "104857600" }).write("{"),
  );
  t.equal(await codeOf(linkTo(address).ask({ target: "/" }, never)), "driver-too-large");
});

t.test("half a reply is garbled", async (t) => {
  const { address } = await peer(t, (_request, response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write('{"half":', () => response.socket?.destroy());
  });
  t.equal(await codeOf(linkTo(address).ask({ target: "/" }, never)), "driver-garbled");
});

t.test("what is no HTTP is garbled, and a closed connection too", async (t) => {
  const { tcpPeer } = await import("../../../../support/driver-peers.ts");
  const noise = await tcpPeer((socket) => void socket.end("\0\0\0noise\n"));
  t.after(() => noise.close());
  t.equal(await codeOf(linkTo(noise.address).ask({ target: "/" }, never)), "driver-garbled");
  const mute = await tcpPeer((socket) => void socket.once("data", () => socket.end()));
  t.after(() => mute.close());
  t.equal(await codeOf(linkTo(mute.address).ask({ target: "/" }, never)), "driver-garbled");
});

t.test("silence is a timeout, before the reply and in the middle of it", async (t) => {
  const { address } = await peer(t, (request, response) => {
    if (request.url === "/middle") response.write("{");
  });
  t.equal(await codeOf(linkTo(address, 100).ask({ target: "/" }, never)), "driver-timeout");
  t.equal(await codeOf(linkTo(address, 100).ask({ target: "/middle" }, never)), "driver-timeout");
});

t.test("nobody there is unreachable", async (t) => {
  t.equal(
    await codeOf(linkTo(await deadAddress()).ask({ target: "/" }, never)),
    "driver-unreachable",
  );
});

t.test("an abort passes through as what it is", async (t) => {
  const { address } = await peer(t, () => {});
  const abort = new AbortController();
  const asking = codeOf(linkTo(address).ask({ target: "/" }, abort.signal));
  abort.abort();
  t.equal(await asking, "AbortError");
  t.equal(
    await codeOf(linkTo(address).ask({ target: "/" }, abort.signal)),
    "AbortError",
    "and one that came before",
  );
});

t.test("a reply that changes the protocol, or comes compressed, is garbled", async (t) => {
  const { tcpPeer } = await import("../../../../support/driver-peers.ts");
  for (const head of [
    "101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x",
    "200 OK\r\nContent-Encoding: gzip",
  ]) {
    const peer = await tcpPeer((socket) => {
      socket.once("data", () => socket.write(`HTTP/1.1 ${head}\r\n\r\n{}`));
    });
    t.after(() => peer.close());
    t.equal(await codeOf(linkTo(peer.address).ask({ target: "/" }, never)), "driver-garbled", head);
  }
});

t.test("what is asked for is said plainly: no compression, no connection kept", async (t) => {
  const { address } = await peer(t, (request, response) => {
    const { accept, connection, host, "accept-encoding": encoding } = request.headers;
    response.end(JSON.stringify([accept, connection, host, encoding]));
  });
  const reply = await linkTo(address).ask({ target: "/" }, never);
  t.strictSame(JSON.parse(Buffer.from(reply).toString()), [
    "application/json",
    "close",
    address,
    "identity",
  ]);
});
