import type { Socket } from "node:net";
import t, { type Test } from "tap";
import { converse } from "../../../../../agent/drivers/links/conversation.ts";
import { framedLink } from "../../../../../agent/drivers/links/framed.ts";
import type { Link } from "../../../../../agent/drivers/links/link.ts";
import { PinsInMemory } from "../../../../../agent/drivers/links/pins.ts";
import { tcpLink } from "../../../../../agent/drivers/links/tcp.ts";
import { connectTls } from "../../../../../agent/drivers/links/tls.ts";
import { codeOf, deadAddress, systemClock, tcpPeer } from "../../../../support/driver-peers.ts";

const never = new AbortController().signal;
const STATS = '{"command":"stats"}';

async function linkTo(t: Test, speak: (socket: Socket) => void, timeoutMs = 5000): Promise<Link> {
  const peer = await tcpPeer(speak);
  t.after(() => peer.close());
  return tcpLink({ clock: systemClock, timeoutMs, called: peer.address }, peer.host, peer.port);
}
const ask = async (link: Link): Promise<string> =>
  Buffer.from(await link.ask({ target: STATS }, never)).toString();

t.test("one command goes out on each connection, and the reply ends with a NUL", async (t) => {
  const commands: string[] = [];
  const link = await linkTo(t, (socket) => {
    socket.once("data", (command) => {
      commands.push(command.toString());
      // Left open: the NUL alone must do.
      socket.write('{"STATS":[');
      socket.write("]}\0");
    });
  });
  t.equal(await ask(link), '{"STATS":[]}');
  t.equal(await ask(link), '{"STATS":[]}');
  t.strictSame(commands, [STATS, STATS]);
});

t.test("a reply ends with the connection", async (t) => {
  const link = await linkTo(
    t,
    (socket) => void socket.once("data", () => socket.end('{"STATS":[{"a":"x}"}{"b":1}]}')),
  );
  t.equal(await ask(link), '{"STATS":[{"a":"x}"}{"b":1}]}');
});

t.test(
  "a device that neither sends a NUL nor closes is not waited for until the timeout",
  async (t) => {
    const link = await linkTo(
      t,
      (socket) => void socket.once("data", () => socket.write('{"a":"}{\\""}')),
    );
    const startMs = performance.now();
    t.equal(await ask(link), '{"a":"}{\\""}');
    t.ok(performance.now() - startMs < 3000);
  },
);

t.test("a pause in the middle of a reply does not end it", async (t) => {
  const link = await linkTo(t, (socket) => {
    socket.once("data", () => {
      socket.write('{"a":1,"b":{"c":2}');
      setTimeout(() => socket.end("}"), 400);
    });
  });
  t.equal(await ask(link), '{"a":1,"b":{"c":2}}');
});

t.test("a connection that is closed without a word is a refusal", async (t) => {
  t.equal(await codeOf(ask(await linkTo(t, (socket) => void socket.end()))), "driver-refused");
});

t.test("a connection that is reset in the middle is garbled", async (t) => {
  const link = await linkTo(t, (socket) => {
    socket.once("data", () => socket.write('{"half":', () => socket.resetAndDestroy()));
  });
  t.match(await codeOf(ask(link)), /^driver-garbled$/);
});

t.test("silence is a timeout, and a drip of bytes is one too", async (t) => {
  t.equal(await codeOf(ask(await linkTo(t, () => {}, 100))), "driver-timeout");
  const drip = await linkTo(
    t,
    (socket) => {
      const timer = setInterval(() => socket.write(" "), 20);
      socket.on("close", () => clearInterval(timer));
    },
    200,
  );
  t.equal(await codeOf(ask(drip)), "driver-timeout");
});

t.test("a reply without end is broken off", async (t) => {
  const chunk = Buffer.alloc(64 * 1024, 0x5b);
  const link = await linkTo(t, (socket) => {
    const more = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on("drain", more);
    more();
  });
  t.equal(await codeOf(ask(link)), "driver-too-large");
});

t.test("nobody there is unreachable", async (t) => {
  const port = Number((await deadAddress()).split(":")[1]);
  const link = tcpLink({ clock: systemClock, timeoutMs: 5000, called: "x" }, "127.0.0.1", port);
  t.equal(await codeOf(ask(link)), "driver-unreachable");
  const nameless = tcpLink(
    { clock: systemClock, timeoutMs: 5000, called: "x" },
    "no-such-host.invalid",
    4028,
  );
  t.equal(await codeOf(ask(nameless)), "driver-unreachable");
});

t.test("an abort closes the connection", async (t) => {
  const closed = Promise.withResolvers<void>();
  const abort = new AbortController();
  const link = await linkTo(t, (socket) => {
    socket.on("close", () => closed.resolve());
    abort.abort();
  });
  t.equal(await codeOf(link.ask({ target: STATS }, abort.signal)), "AbortError");
  await closed.promise;
});

t.test(
  "a line of JSON is over with the newline after it where the request was a line",
  async (t) => {
    // A clock that stands: nothing but the reply itself can end it.
    const stands = { ...systemClock, bootId: "b", wallMs: () => 0, monotonicMs: () => 0 };
    const clock = { ...stands, after: () => () => {} };
    for (const parts of [['{"id":0,"result":["}\\n"]}\n'], ['{"id":0', ',"result":[]}', "\r\n"]]) {
      const peer = await tcpPeer((socket) => {
        socket.once("data", () => {
          const next = (at: number): void => {
            const part = parts[at];
            if (part !== undefined) socket.write(part, () => setImmediate(next, at + 1));
          };
          next(0);
        });
      });
      t.after(() => peer.close());
      const reach = { clock, timeoutMs: 5000, called: peer.address };
      const link = tcpLink(reach, peer.host, peer.port);
      const reply = await link.ask({ target: '{"method":"miner_getstat1"}\n' }, never);
      t.equal(Buffer.from(reply).toString(), parts.join(""));
    }
  },
);

t.test(
  "a newline in the middle does not end a reply, nor one at its end where no line was asked",
  async (t) => {
    const pretty = await linkTo(t, (socket) => {
      socket.once("data", () => {
        socket.write('{\n"a":[1],\n');
        setTimeout(() => socket.write('"b":2}\n'), 300);
      });
    });
    const reply = await pretty.ask({ target: "{}\n" }, never);
    t.equal(Buffer.from(reply).toString(), '{\n"a":[1],\n"b":2}\n');
    const two = await linkTo(t, (socket) => {
      socket.once("data", () => {
        socket.write('{"STATS":[]}\n');
        setTimeout(() => socket.end('{"MORE":[]}\n'), 50);
      });
    });
    t.equal(await ask(two), '{"STATS":[]}\n{"MORE":[]}\n');
  },
);

t.test("text ends with a NUL, with the connection, or in the silence after a bar", async (t) => {
  const TEXT = "NAME=ccminer;VER=2.3;ALGO=[x]|";
  const endings: [string, (socket: Socket) => void][] = [
    ["a NUL", (socket) => socket.write(`${TEXT}\0`)],
    ["the connection", (socket) => socket.end("GPU=0;KHS=1")],
    ["a bar", (socket) => socket.write(TEXT)],
    ["a bar and blanks", (socket) => socket.write(`${TEXT}\r\n`)],
  ];
  for (const [name, end] of endings) {
    const link = await linkTo(t, (socket) => void socket.once("data", () => end(socket)));
    const startMs = performance.now();
    t.match(
      Buffer.from(await link.ask({ target: "summary" }, never)).toString(),
      /^(NAME|GPU)/,
      name,
    );
    t.ok(performance.now() - startMs < 3000, name);
  }
});

t.test(
  "text is not taken for whole where its brackets happen to close, or between two bars",
  async (t) => {
    const parts = ["STATUS=S,MM ID0=Ver[1166] GHSmm[1]", ",X=1|", "VERSION,API=3.7|"];
    const link = await linkTo(t, (socket) => {
      socket.once("data", () => {
        socket.write(parts[0] as string);
        setTimeout(() => socket.write(parts[1] as string), 400);
        setTimeout(() => socket.write(parts[2] as string), 500);
      });
    });
    t.equal(Buffer.from(await link.ask({ target: "estats" }, never)).toString(), parts.join(""));
  },
);

t.test("a conversation on a signal that is over begins no connection", async (t) => {
  let connections = 0;
  const peer = await tcpPeer(() => {
    connections += 1;
  });
  t.after(() => peer.close());
  const reach = { clock: systemClock, timeoutMs: 5000, called: peer.address };
  const reply = { take: () => "more" as const, whole: () => undefined };
  const over = AbortSignal.abort();
  t.equal(await codeOf(converse(peer, Buffer.from("x"), reply, reach, over)), "AbortError");
  const trust = { pins: new PinsInMemory(), fingerprint: undefined };
  t.equal(await codeOf(connectTls(peer, peer.address, trust, over)), "AbortError");
  await codeOf(
    tcpLink({ ...reach, timeoutMs: 100 }, peer.host, peer.port).ask({ target: "x" }, never),
  );
  t.equal(connections, 1, "only that which was asked after them");
});

t.test("links that are stopped give up what is under way", async (t) => {
  for (const linkOf of [tcpLink, framedLink]) {
    const came = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const peer = await tcpPeer((socket) => {
      socket.once("data", () => came.resolve());
      socket.on("close", () => gone.resolve());
    });
    t.after(() => peer.close());
    const reach = { clock: systemClock, timeoutMs: 5000, called: peer.address };
    const link = linkOf(reach, peer.host, peer.port);
    const asking = codeOf(link.ask({ target: "x" }, never));
    await came.promise;
    await link.stop();
    t.equal(await asking, "AbortError", linkOf.name);
    await gone.promise;
  }
});
