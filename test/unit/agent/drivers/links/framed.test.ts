import type { Socket } from "node:net";
import fc from "fast-check";
import t, { type Test } from "tap";
import { framedLink } from "../../../../../agent/drivers/links/framed.ts";
import type { Link } from "../../../../../agent/drivers/links/link.ts";
import { codeOf, deadAddress, systemClock, tcpPeer } from "../../../../support/driver-peers.ts";

const never = new AbortController().signal;
const INFO = '{"cmd":"get.device.info","param":"ä"}';

function frame(text: string, length = Buffer.byteLength(text)): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32LE(length);
  return Buffer.concat([header, Buffer.from(text)]);
}

async function linkTo(t: Test, answer: (socket: Socket) => void, timeoutMs = 5000): Promise<Link> {
  const peer = await tcpPeer((socket) => void socket.once("data", () => answer(socket)));
  t.after(() => peer.close());
  return framedLink({ clock: systemClock, timeoutMs, called: peer.address }, peer.host, peer.port);
}
const ask = async (link: Link): Promise<string> =>
  Buffer.from(await link.ask({ target: INFO }, never)).toString();

t.test("a request goes out behind its length in bytes, the reply ends with its own", async (t) => {
  const came = Promise.withResolvers<Buffer>();
  const peer = await tcpPeer((socket) => {
    socket.once("data", (bytes) => {
      came.resolve(bytes);
      // Left open: the length alone must do.
      socket.write(frame('{"code":0}'));
    });
  });
  t.after(() => peer.close());
  const reach = { clock: systemClock, timeoutMs: 5000, called: peer.address };
  t.equal(await ask(framedLink(reach, peer.host, peer.port)), '{"code":0}');
  const sent = await came.promise;
  t.equal(sent.readUInt32LE(), 38);
  t.equal(sent.subarray(4).toString(), INFO);
});

t.test("a frame is one however its bytes come, and whatever comes behind it", async (t) => {
  const text = '{"msg":{"miner":"x","len":1}}';
  const bytes = Buffer.concat([frame(text), Buffer.from([0, 1, 2, 255]), frame("second")]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: bytes.length - 1 })), async (cuts) => {
      const ends = [...new Set([...cuts, bytes.length])].sort((a, b) => a - b);
      const link = await linkTo(t, (socket) => {
        socket.setNoDelay(true);
        const next = (at: number): void => {
          const [from = 0, to] = [ends[at - 1], ends[at]];
          if (to !== undefined && !socket.destroyed)
            socket.write(bytes.subarray(from, to), () => setImmediate(next, at + 1));
        };
        next(0);
      });
      return (await ask(link)) === text;
    }),
    { numRuns: 40, examples: [[[1, 2, 3]], [[2, 10, bytes.length - 1]]] },
  );
  t.pass("for 40 ways to cut it");
});

t.test("a length that no frame has is garbled at once", async (t) => {
  for (const length of [0, -1, -2147483648, (1 << 20) + 1, 0x7fffffff, 0x7b226122]) {
    const link = await linkTo(t, (socket) => socket.write(frame("{}", length >>> 0)));
    t.equal(await codeOf(ask(link)), "driver-garbled", String(length));
  }
  const text = await linkTo(t, (socket) => socket.write('{"STATUS":"E"}'));
  t.equal(await codeOf(ask(text)), "driver-garbled", "a cgminer reply");
});

t.test("the largest frame that is read is read", async (t) => {
  const link = await linkTo(t, (socket) => socket.write(frame("x".repeat(1 << 20))));
  t.equal((await ask(link)).length, 1 << 20);
});

t.test("a frame that breaks off is garbled, also in its length", async (t) => {
  for (const cut of [1, 3, 4, 6]) {
    const link = await linkTo(t, (socket) => socket.end(frame("abcdefghij").subarray(0, cut)));
    t.equal(await codeOf(ask(link)), "driver-garbled", String(cut));
  }
});

t.test("a closed connection is a refusal, silence a timeout, nobody unreachable", async (t) => {
  t.equal(await codeOf(ask(await linkTo(t, (socket) => socket.end()))), "driver-refused");
  t.equal(await codeOf(ask(await linkTo(t, () => {}, 100))), "driver-timeout");
  const half = await linkTo(t, (socket) => socket.write(frame("ab", 10)), 100);
  t.equal(await codeOf(ask(half)), "driver-timeout");
  const port = Number((await deadAddress()).split(":")[1]);
  const reach = { clock: systemClock, timeoutMs: 5000, called: "x" };
  t.equal(await codeOf(ask(framedLink(reach, "127.0.0.1", port))), "driver-unreachable");
});
