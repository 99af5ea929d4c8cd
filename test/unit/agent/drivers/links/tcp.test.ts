import type { Socket } from "node:net";
import t, { type Test } from "tap";
import type { Link } from "../../../../../agent/drivers/links/link.ts";
import { tcpLink } from "../../../../../agent/drivers/links/tcp.ts";
import { codeOf, deadAddress, systemClock, tcpPeer } from "../../../../support/driver-peers.ts";

const never = new AbortController().signal;
const STATS = '{"command":"stats"}';

async function linkTo(
  t: Test,
  converse: (socket: Socket) => void,
  timeoutMs = 5000,
): Promise<Link> {
  const peer = await tcpPeer(converse);
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
