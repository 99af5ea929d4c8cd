import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import t, { type Test } from "tap";
import type { RigError } from "../../../../agent/core/errors.ts";
import { StatusServer } from "../../../../agent/status/server.ts";
import type { StatusSnapshot } from "../../../../agent/status/snapshot.ts";
import { FakeLog } from "../../../support/fakes.ts";
import { MINER, snapshotOf } from "../../../support/status-snapshot.ts";
import { until } from "../../../support/until.ts";

async function serve(t: Test, snapshot: () => StatusSnapshot = snapshotOf, simulated = false) {
  const log = new FakeLog();
  const listen = { host: "127.0.0.1", port: 0 };
  const server = new StatusServer({
    listen,
    version: "1.2.3",
    simulated,
    source: { snapshot },
    log,
  });
  await server.start();
  t.after(() => server.stop());
  return { server, log, url: server.url as string };
}

/** A request with any Host header, which fetch does not let one choose. */
async function ask(
  url: string,
  headers: Record<string, string>,
  method = "GET",
): Promise<{ code: number; body: string }> {
  const sent = request(url, { method, headers, agent: false });
  sent.end();
  const [response] = await once(sent, "response");
  let body = "";
  for await (const chunk of response) body += String(chunk);
  return { code: response.statusCode, body };
}

/** What comes back on a plain connection until it is closed. */
async function talk(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let got = "";
  socket.on("data", (chunk) => {
    got += String(chunk);
  });
  socket.on("error", () => socket.destroy());
  socket.write(text);
  await once(socket, "close");
  return got;
}

t.test(
  "/api/status gives the whole snapshot, big numbers as text and unknown as null",
  async (t) => {
    const { url } = await serve(t, () => snapshotOf({ clock: { trusted: true } }));
    const response = await fetch(`${url}/api/status?x=1`);
    t.equal(response.headers.get("content-type"), "application/json; charset=utf-8");
    t.equal(response.headers.get("access-control-allow-origin"), null);
    const document = (await response.json()) as Record<string, unknown>;
    t.match(document, {
      version: "1.2.3",
      simulated: false,
      health: { level: "ok", reasons: [] },
      rig: `0x${"ab".repeat(20)}`,
      uptime_ms: 93_784_000,
      delivery: {
        outbox: 1,
        last_receipt: { sequence: "9007199254740993" },
        sequence: "9007199254740994",
        last_refusal: null,
      },
      clock: { offset_ms: null, trusted: true },
      devices: [{ label: "antminer-1", state: "ok", sample_age_ms: 2500, outage: null }],
      faults: [],
    });
  },
);

t.test("the page is plain HTML under a policy that lets nothing else in", async (t) => {
  const { url } = await serve(t);
  const response = await fetch(url);
  const page = await response.text();
  t.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  t.match(
    response.headers.get("content-security-policy"),
    /^default-src 'none'; style-src 'sha256-/,
  );
  t.equal(response.headers.get("x-content-type-options"), "nosniff");
  t.equal(response.headers.get("cache-control"), "no-store");
  t.match(page, "104.2 TH/s");
  t.notMatch(page, "<script");
});

t.test("/healthz is 200 while the rig works and 503 when it does not", async (t) => {
  let stopsWork = false;
  const { url } = await serve(t, () =>
    snapshotOf({ faults: [{ code: "store-full", message: "The disk is full.", stopsWork }] }),
  );
  const warned = await fetch(`${url}/healthz`);
  t.strictSame([warned.status, await warned.text()], [200, "warning\nThe disk is full.\n"]);
  stopsWork = true;
  const broken = await fetch(`${url}/healthz`);
  t.strictSame([broken.status, await broken.text()], [503, "broken\nThe disk is full.\n"]);
});

t.test("HEAD has the length and no body; other methods and paths are refused", async (t) => {
  const { url } = await serve(t);
  const head = await fetch(`${url}/api/status`, { method: "HEAD" });
  const { length } = await (await fetch(`${url}/api/status`)).text();
  t.equal(head.status, 200);
  t.ok(Number(head.headers.get("content-length")) >= length && length > 500);
  t.equal(await head.text(), "");
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
    t.equal((await fetch(`${url}/api/status`, { method })).status, 405, method);
  }
  for (const path of [
    "/favicon.ico",
    "/api",
    "/api/status/",
    "/../etc/passwd",
    "/constructor",
    "/__proto__",
  ]) {
    t.equal((await fetch(`${url}${path}`)).status, 404, path);
  }
});

t.test("a page whose name was made to mean this machine is not answered", async (t) => {
  const { url } = await serve(t);
  for (const host of ["127.0.0.1", "127.0.0.1:1", "localhost:9595", "[::1]:80", "LOCALHOST"]) {
    t.equal((await ask(`${url}/api/status`, { Host: host })).code, 200, host);
  }
  for (const host of [
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example:9595",
    "127.0.0.1@evil",
    "::1",
  ]) {
    const { code, body } = await ask(`${url}/api/status`, { Host: host });
    t.equal(code, 421, JSON.stringify(host));
    t.notMatch(body, "antminer");
  }
  t.match(await talk(url, "GET /api/status HTTP/1.0\r\n\r\n"), "HTTP/1.1 421");
  t.match(await talk(url, "GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"), "HTTP/1.1 421");
  t.match(await talk(url, "GET /api/status HTTP/1.1\r\nConnection: close\r\n\r\n"), "HTTP/1.1 400");
});

t.test(
  "garbage, an endless header and a body that never comes end the connection and nothing else",
  async (t) => {
    const { url } = await serve(t);
    t.match(await talk(url, "\u0000\u0001garbage\r\n\r\n"), "400");
    t.match(
      await talk(url, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`),
      "431",
    );
    t.match(
      await talk(url, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"),
      "405",
    );
    t.equal((await fetch(`${url}/healthz`)).status, 200);
  },
);

t.test("connections beyond the most are dropped, and the others still answered", async (t) => {
  const { url, server } = await serve(t);
  const port = Number(new URL(url).port);
  const sockets = Array.from({ length: 60 }, () =>
    connect(port, "127.0.0.1").on("error", () => undefined),
  );
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  await until(
    "the surplus to be dropped",
    () => sockets.filter((socket) => socket.closed).length >= 28,
  );
  t.equal(sockets.filter((socket) => !socket.closed).length, 32);
  await server.stop();
});

t.test("what a device calls itself is shown as text, wherever it stands", async (t) => {
  const evil = `<img src=x onerror=alert(1)>"'&\u202e`;
  const device = {
    ...MINER,
    label: evil,
    identity: { make: evil, model: evil, firmware: evil, pool: evil, worker: evil },
    readings: [{ metric: "hashrate" as const, part: evil, value: 1, algorithm: evil }],
    problems: [{ part: evil, why: "garbled" as const, ask: evil }],
    state: "outage" as const,
    outage: { code: "driver-garbled" as const, why: evil },
  };
  const { url } = await serve(t, () => snapshotOf({ devices: [device] }));
  const page = await (await fetch(url)).text();
  t.notMatch(page, "<img");
  t.notMatch(page, "\u202e");
  t.match(page, "&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;");
});

t.test("a simulated rig is marked as one on the page and in the document", async (t) => {
  const { url } = await serve(t, snapshotOf, true);
  t.match(await (await fetch(url)).text(), "Simulated: these devices do not exist");
  t.match(await (await fetch(`${url}/api/status`)).json(), { simulated: true });
});

t.test(
  "a source that throws is a 500 that is logged, and the next request is answered",
  async (t) => {
    let fails = true;
    const { url, log } = await serve(t, () => {
      if (fails) throw new Error("the database is gone: secret detail");
      return snapshotOf();
    });
    const response = await fetch(`${url}/api/status`);
    t.equal(response.status, 500);
    t.equal(await response.text(), "The status cannot be told (bug).\n");
    t.strictSame(log.said("error"), ["The status cannot be told"]);
    fails = false;
    t.equal((await fetch(`${url}/api/status`)).status, 200);
  },
);

t.test("an address that is taken is a fault of its own", async (t) => {
  const { url } = await serve(t);
  const listen = { host: "127.0.0.1", port: Number(new URL(url).port) };
  const options = {
    listen,
    version: "1",
    simulated: false,
    source: { snapshot: snapshotOf },
    log: new FakeLog(),
  };
  const second = new StatusServer(options);
  const fault = await second.start().then(
    () => undefined,
    (error: RigError) => error,
  );
  t.match(fault, { code: "status-address-taken", message: /set status.listen to a free port/ });
  await second.stop();
  const outside = new StatusServer({ ...options, listen: { host: "0.0.0.0", port: 0 } });
  await t.rejects(outside.start(), { code: "status-address-refused" });
});

t.test(
  "a stop is safe before start and twice, and waits for no idle or stuck connection",
  async (t) => {
    const options = {
      listen: { host: "127.0.0.1", port: 0 },
      version: "1",
      simulated: false,
      source: { snapshot: snapshotOf },
      log: new FakeLog(),
    };
    const server = new StatusServer(options);
    await server.stop();
    await server.start();
    const { url } = server as { url: string };
    await (await fetch(`${url}/healthz`)).text();
    const stuck = connect(Number(new URL(url).port), "127.0.0.1").on("error", () => undefined);
    await once(stuck, "connect");
    stuck.write("GET / HTTP/1.1\r\nHost: loc");
    const startedMs = performance.now();
    await Promise.all([server.stop(), server.stop()]);
    t.ok(performance.now() - startedMs < 2000);
    t.equal(server.url, undefined);
    await t.rejects(fetch(`${url}/healthz`));
    const hurried = server.start();
    await server.stop();
    await hurried;
    t.equal(server.url, undefined);
  },
);
