import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import t, { type Test } from "tap";
import { httpLink } from "../../../../../agent/drivers/links/http.ts";
import type { Link, Login } from "../../../../../agent/drivers/links/link.ts";
import {
  codeOf,
  deadAddress,
  httpPeer,
  type Peer,
  systemClock,
  tcpPeer,
} from "../../../../support/driver-peers.ts";
import { until } from "../../../../support/until.ts";

const modules = fileURLToPath(new URL("../../../../..", import.meta.url));
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

async function tcpPeerOf(t: Test, converse: Parameters<typeof tcpPeer>[0]): Promise<Peer> {
  const made = await tcpPeer(converse);
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

t.test("a reset is no end of a reply, whose length nobody said", async (t) => {
  const { address } = await tcpPeerOf(t, (socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n12.3", () =>
        setImmediate(() => socket.resetAndDestroy()),
      );
    });
  });
  t.equal(await codeOf(linkTo(address).ask({ target: "/" }, never)), "driver-garbled");
});

t.test("a reset after the length that was said changes nothing", async (t) => {
  const { address } = await tcpPeerOf(t, (socket) => {
    socket.once("data", () => {
      const whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
      socket.write(whole, () => setImmediate(() => socket.resetAndDestroy()));
    });
  });
  t.equal(Buffer.from(await linkTo(address).ask({ target: "/" }, never)).toString(), "{}");
});

t.test("part of a reply is none", async (t) => {
  const { address } = await peer(t, (_request, response) => {
    response.writeHead(206, { "content-range": "bytes 0-3/9" }).end("12.3");
  });
  t.equal(await codeOf(linkTo(address).ask({ target: "/" }, never)), "driver-refused");
});

t.test("what cannot be connected at all is a fault of that ask, and ends no process", async (t) => {
  const program = t.testdir({
    "spent.ts": `
      import { openSync } from "node:fs";
      import { httpLink } from "${modules}/agent/drivers/links/http.ts";
      import { SystemClock } from "${modules}/agent/platform/clock.ts";
      const clock = new SystemClock("00000000-0000-4000-8000-000000000001");
      const link = httpLink({ clock, timeoutMs: 5000, called: "x" }, new URL("http://127.0.0.1:1/"), {});
      try { for (;;) openSync("/dev/null", "r"); } catch {}
      setTimeout(() => {
        link.ask({ target: "/" }, new AbortController().signal).catch(({ code }) => console.log(code));
      }, 5);`,
  });
  const shell = `ulimit -n 64; exec "${process.execPath}" "${program}/spent.ts"`;
  const { stdout } = await promisify(execFile)("/bin/sh", ["-c", shell], { env: {} });
  t.equal(stdout.trim(), "driver-no-socket");
});

t.test("a link that is stopped gives up its asks, and begins none", async (t) => {
  const gone = Promise.withResolvers<void>();
  const came = Promise.withResolvers<void>();
  let asks = 0;
  const { address } = await peer(t, (request) => {
    asks += 1;
    request.socket.on("close", () => gone.resolve());
    came.resolve();
  });
  const link = linkTo(address);
  const asking = codeOf(link.ask({ target: "/" }, never));
  await came.promise;
  await link.stop();
  await gone.promise;
  t.equal(await asking, "AbortError");
  t.equal(await codeOf(link.ask({ target: "/" }, never)), "AbortError");
  t.equal(asks, 1);
});

t.test("a login that comes back after its ask is over is followed by no request", async (t) => {
  const seen: string[] = [];
  const answers: (() => void)[] = [];
  const came = Promise.withResolvers<void>();
  const { address } = await peer(t, (request, response) => {
    seen.push(request.url ?? "");
    answers.push(() => void response.end('{"t":"x"}'));
    came.resolve();
  });
  const scheme = { kind: "token", target: "/login", body: "{}", token: "/t" } as const;
  const link = httpLink(
    { clock: systemClock, timeoutMs: 5000, called: address },
    new URL(`http://${address}/`),
    { username: "u", password: "p" },
    { scheme },
  );
  t.after(() => link.stop());
  const abort = new AbortController();
  const given = codeOf(link.ask({ target: "/given-up" }, abort.signal));
  await came.promise;
  abort.abort();
  t.equal(await given, "AbortError");
  const other = link.ask({ target: "/other" }, never);
  answers.shift()?.();
  await until("the second request", () => seen.length > 1);
  answers.shift()?.();
  await other;
  t.strictSame(seen, ["/login", "/other"]);
});
