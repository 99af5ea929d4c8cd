import { createServer } from "node:http2";
import { connect, type Server, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { status } from "@grpc/grpc-js";
import t, { type Test } from "tap";
import type { Manner } from "../../../../../agent/drivers/links/entry.ts";
import { grpcLink } from "../../../../../agent/drivers/links/grpc.ts";
import type { Link, Login } from "../../../../../agent/drivers/links/link.ts";
import {
  codeOf,
  deadAddress,
  httpPeer,
  listening,
  type Peer,
  systemClock,
  tcpPeer,
} from "../../../../support/driver-peers.ts";
import { FakeClock } from "../../../../support/fakes.ts";
import { type GrpcAnswer, grpcPeer, metadataOf } from "../../../../support/grpc-peer.ts";

const never = new AbortController().signal;
const SERVICE = "rig.test.v1.MinerService";
const STATS = { target: `/${SERVICE}/Stats` };
const LOGIN = { username: "root", password: "pä" };
const SCHEME = { kind: "token", target: `/${SERVICE}/Login`, send: "{token}" } as const;

async function device(t: Test, methods: Readonly<Record<string, GrpcAnswer>>): Promise<Peer> {
  const peer = await grpcPeer(SERVICE, methods);
  t.after(() => peer.close());
  return peer;
}

function linkTo(
  t: Test,
  { address, host, port }: Peer,
  login: Login = {},
  {
    clock = systemClock as FakeClock | typeof systemClock,
    timeoutMs = 5000,
    manner = "always" as Manner,
  } = {},
): Link {
  const access = { scheme: SCHEME, manner };
  const link = grpcLink({ clock, timeoutMs, called: address }, { host, port }, login, access);
  t.after(() => link.stop());
  return link;
}

/** A device with sessions: what it was logged in with, and which token counts. */
function sessions(grant: "message" | "metadata") {
  const met = { logins: [] as string[], token: 0, asks: 0 };
  const Login: GrpcAnswer = (call, reply) => {
    met.logins.push(call.request.toString("hex"));
    if (!call.request.includes("pä")) {
      reply({ code: status.UNAUTHENTICATED, details: "no root/wrong here" });
      return;
    }
    met.token += 1;
    const token = `t${met.token}`;
    if (grant === "metadata") call.sendMetadata(metadataOf("authorization", token));
    const message = Buffer.concat([
      Buffer.from([0x10, 60, 0x0a, token.length]),
      Buffer.from(token),
    ]);
    reply(null, grant === "message" ? message : Buffer.alloc(0));
  };
  const Stats: GrpcAnswer = (call, reply) => {
    met.asks += 1;
    const shown = call.metadata.get("authorization").join();
    if (shown === `t${met.token}`) reply(null, Buffer.from(shown));
    else reply({ code: status.UNAUTHENTICATED });
  };
  return { met, methods: { Login, Stats } };
}
const ask = async (link: Link): Promise<string> =>
  Buffer.from(await link.ask(STATS, never)).toString();

t.test("a message goes and comes as its bytes, over one connection", async (t) => {
  const peers = new Set<string>();
  const peer = await device(t, {
    Stats: (call, reply) => {
      peers.add(call.getPeer());
      reply(null, Buffer.concat([Buffer.from([0xff, 0x00]), call.request]));
    },
  });
  const link = linkTo(t, peer);
  const body = Buffer.from([8, 1, 0xfe]).toString("base64");
  t.strictSame([...(await link.ask({ ...STATS, body }, never))], [0xff, 0, 8, 1, 0xfe]);
  t.strictSame([...(await link.ask(STATS, never))], [0xff, 0]);
  t.equal(peers.size, 1);
});

t.test("each status has its code, and the device's words stay out of it", async (t) => {
  for (const [code, expected] of [
    [status.UNAUTHENTICATED, "driver-auth"],
    [status.PERMISSION_DENIED, "driver-auth"],
    [status.UNAVAILABLE, "driver-unreachable"],
    [status.DEADLINE_EXCEEDED, "driver-timeout"],
    [status.UNIMPLEMENTED, "driver-refused"],
    [status.INTERNAL, "driver-refused"],
    [status.RESOURCE_EXHAUSTED, "driver-refused"],
  ] as const) {
    const peer = await device(t, { Stats: (_call, reply) => reply({ code, details: "s3cret" }) });
    const fault = await ask(linkTo(t, peer)).catch((thrown) => thrown);
    t.equal(fault.code, expected, status[code]);
    t.notMatch(JSON.stringify([fault.message, fault.facts]), "s3cret");
  }
  const peer = await device(t, { Other: (_call, reply) => reply(null, Buffer.of()) });
  t.equal(await codeOf(ask(linkTo(t, peer))), "driver-refused", "a method that is not there");
});

t.test("a message over the limit is not read", async (t) => {
  const peer = await device(t, {
    Stats: (_call, reply) => reply(null, Buffer.alloc((1 << 20) + 1)),
  });
  t.equal(await codeOf(ask(linkTo(t, peer))), "driver-too-large");
});

t.test("silence is a timeout, an abort cancels the call", async (t) => {
  const cancelled = Promise.withResolvers<void>();
  const abort = new AbortController();
  const peer = await device(t, {
    Stats: (call) => {
      call.on("cancelled", () => cancelled.resolve());
      abort.abort();
    },
  });
  const asking = codeOf(linkTo(t, peer).ask(STATS, abort.signal));
  t.equal(await asking, "AbortError");
  await cancelled.promise;
  const silent = await tcpPeer(() => {});
  t.after(() => silent.close());
  t.equal(await codeOf(ask(linkTo(t, silent, {}, { timeoutMs: 150 }))), "driver-timeout");
});

t.test("nobody there is unreachable, who speaks something else is garbled", async (t) => {
  const [host = "", port] = (await deadAddress()).split(":");
  const nobody = { host, port: Number(port), address: "x", close: async () => {} };
  t.equal(await codeOf(ask(linkTo(t, nobody))), "driver-unreachable");
  const web = await httpPeer((_request, response) => void response.end("{}"));
  const cgminer = await tcpPeer((socket) => void socket.end('{"STATUS":"E"}\0'));
  const mute = await tcpPeer((socket) => void socket.destroy());
  for (const peer of [web, cgminer, mute]) {
    t.after(() => peer.close());
    t.equal(await codeOf(ask(linkTo(t, peer))), "driver-garbled");
  }
});

t.test("a connection that broke is made anew by the next ask", async (t) => {
  const peer = await tcpPeer(() => {});
  const { port } = peer;
  await peer.close();
  const link = linkTo(t, peer);
  t.equal(await codeOf(ask(link)), "driver-unreachable");
  const again = await grpcPeer(SERVICE, { Stats: (_c, reply) => reply(null, Buffer.of(1)) }, port);
  t.after(() => again.close());
  t.equal(await ask(link), "\x01");
});

t.test("a login is a call of its own, made once and again when its token is refused", async (t) => {
  for (const grant of ["message", "metadata"] as const) {
    const { met, methods } = sessions(grant);
    const link = linkTo(t, await device(t, methods), LOGIN);
    t.strictSame(await Promise.all([ask(link), ask(link)]), ["t1", "t1"], grant);
    t.strictSame(met.logins, ["0a04726f6f741203" + "70c3a4"], "fields 1 and 2");
    met.token = 5;
    t.strictSame(await Promise.all([ask(link), ask(link)]), ["t6", "t6"], grant);
    t.equal(met.logins.length, 2);
  }
});

t.test("a login that is refused is tried once a minute, and says nothing of itself", async (t) => {
  const clock = new FakeClock(Date.now());
  const { met, methods } = sessions("message");
  const link = linkTo(t, await device(t, methods), { ...LOGIN, password: "wrong" }, { clock });
  for (let i = 0; i < 3; i += 1) {
    const fault = await ask(link).catch((thrown) => thrown);
    t.equal(fault.code, "driver-auth");
    t.notMatch(JSON.stringify([fault.message, fault.facts]), /root|wrong/);
  }
  t.strictSame([met.logins.length, met.asks], [1, 0]);
  clock.advance(60_000);
  await codeOf(ask(link));
  t.equal(met.logins.length, 2);
});

t.test("a login that is kept back goes only where one is asked for", async (t) => {
  const { met, methods } = sessions("message");
  let open = true;
  const peer = await device(t, {
    ...methods,
    Stats: (call, reply) => (open ? reply(null, Buffer.from("open")) : methods.Stats(call, reply)),
  });
  const link = linkTo(t, peer, LOGIN, { manner: "when-asked" });
  t.equal(await ask(link), "open");
  t.equal(met.logins.length, 0);
  open = false;
  t.equal(await ask(link), "t1");
});

t.test("a token of the settings is sent as it is, and rests when it is refused", async (t) => {
  const { met, methods } = sessions("message");
  met.token = 4;
  const peer = await device(t, methods);
  t.equal(await ask(linkTo(t, peer, { token: "t4" })), "t4");
  const wrong = linkTo(t, peer, { token: "t3" });
  met.asks = 0;
  for (let i = 0; i < 3; i += 1) t.equal(await codeOf(ask(wrong)), "driver-auth");
  t.strictSame([met.asks, met.logins.length], [1, 0]);
});

t.test("a connection that died without a word is made anew by the next ask", async (t) => {
  const peer = await device(t, { Stats: (_call, reply) => reply(null, Buffer.of(1)) });
  let isDead = false;
  const between = await tcpPeer((near) => {
    // Only connections of before the death are dead.
    const wasThere = !isDead;
    const far = connect(peer.port, peer.host);
    const isLost = (): boolean => isDead && wasThere;
    near.on("data", (bytes) => isLost() || far.write(bytes));
    far.on("data", (bytes) => isLost() || near.write(bytes));
    near.on("close", () => far.destroy());
    far.on("error", () => near.destroy());
  });
  t.after(() => between.close());
  const link = linkTo(t, between, {}, { timeoutMs: 300 });
  t.equal(await ask(link), "\x01");
  isDead = true;
  t.equal(await codeOf(ask(link)), "driver-timeout");
  t.equal(await ask(link), "\x01");
});

t.test("a link that is stopped in its first ask leaves no connection", async (t) => {
  let connections = 0;
  const peer = await tcpPeer(() => {
    connections += 1;
  });
  t.after(() => peer.close());
  const link = linkTo(t, peer);
  const asking = codeOf(ask(link));
  await link.stop();
  t.equal(await asking, "AbortError");
  t.equal(await codeOf(ask(link)), "AbortError");
  // Whoever connects after this one would have been there by now.
  await codeOf(ask(linkTo(t, peer, {}, { timeoutMs: 100 })));
  t.equal(connections, 1);
});

t.test(
  "what is no answer of gRPC is garbled, and one that unpacks to too much is too large",
  async (t) => {
    const framed = (bytes: Buffer, packed = 0): Buffer => {
      const head = Buffer.alloc(5);
      head[0] = packed;
      head.writeUInt32BE(bytes.length, 1);
      return Buffer.concat([head, bytes]);
    };
    for (const [said, body, code] of [
      [{ "content-type": "text/html" }, Buffer.from("<html>no</html>"), "driver-garbled"],
      [{}, Buffer.alloc(0), "driver-garbled"],
      [{}, framed(Buffer.from("cut")).subarray(0, 6), "driver-garbled"],
      [{ "grpc-encoding": "gzip" }, framed(Buffer.from("no gzip"), 1), "driver-garbled"],
      [{ "grpc-encoding": "gzip" }, framed(gzipSync(Buffer.alloc(2 << 20)), 1), "driver-too-large"],
    ] as const) {
      const server = createServer();
      const sockets = new Set<Socket>();
      server.on("stream", (stream) => {
        stream.on("error", () => {});
        stream.respond(
          { ":status": 200, "content-type": "application/grpc", ...said },
          { waitForTrailers: true },
        );
        stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
        stream.end(body);
      });
      const peer = await listening(server as unknown as Server, sockets);
      t.after(() => peer.close());
      t.equal(await codeOf(ask(linkTo(t, peer))), code, JSON.stringify(said));
    }
  },
);
