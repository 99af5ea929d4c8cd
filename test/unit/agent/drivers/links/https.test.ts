import { getCACertificates, setDefaultCACertificates } from "node:tls";
import t, { type Test } from "tap";
import { showFingerprint } from "../../../../../agent/core/fingerprint.ts";
import { httpLink } from "../../../../../agent/drivers/links/http.ts";
import type { Link } from "../../../../../agent/drivers/links/link.ts";
import { type Pins, PinsInMemory, VOUCHED } from "../../../../../agent/drivers/links/pins.ts";
import {
  codeOf,
  deadAddress,
  httpPeer,
  systemClock,
  tcpPeer,
} from "../../../../support/driver-peers.ts";
import { httpsPeer, type SelfSigned, selfSigned } from "../../../../support/self-signed.ts";

const never = new AbortController().signal;
const [first, second, vouched] = [selfSigned(), selfSigned(), selfSigned()];
// Before the first connection: what the system trusts is read once.
setDefaultCACertificates([...getCACertificates("default"), vouched.cert]);

/** A device whose certificate can be exchanged, and what it was asked with. */
async function device(t: Test, own: SelfSigned) {
  const seen: (string | undefined)[] = [];
  const peer = await httpsPeer(own, (request, response) => {
    seen.push(request.headers.authorization);
    response.end(`in ${request.headers.host}`);
  });
  t.after(() => peer.close());
  return { ...peer, seen };
}

/** Every device of a test is called the same, as one that is set up anew at its address. */
function linkTo(address: string, pins: Pins, fingerprint?: string, timeoutMs = 5000): Link {
  const reach = { clock: systemClock, timeoutMs, called: "10.0.0.7:443" };
  return httpLink(
    reach,
    new URL(`https://${address}/`),
    { username: "root", password: "secret" },
    { trust: { pins, fingerprint } },
  );
}
const ask = async (link: Link): Promise<string> =>
  Buffer.from(await link.ask({ target: "/" }, never)).toString();

t.test(
  "the first certificate of an address is believed and kept, and no other after it",
  async (t) => {
    const [a, b] = [await device(t, first), await device(t, second)];
    const pins = new PinsInMemory();
    t.equal(await ask(linkTo(a.address, pins)), `in ${a.address}`);
    t.equal(pins.pinOf("10.0.0.7:443"), first.fingerprint);
    t.equal(await ask(linkTo(a.address, pins)), `in ${a.address}`);
    await t.rejects(ask(linkTo(b.address, pins)), {
      code: "driver-auth",
      message: showFingerprint(second.fingerprint),
      facts: { fingerprint: second.fingerprint },
    });
    t.strictSame(b.seen, [], "the login was not sent to it");
    t.equal(pins.pinOf("10.0.0.7:443"), first.fingerprint);
  },
);

t.test("the fingerprint of the settings goes before what was kept, and replaces it", async (t) => {
  const [a, b] = [await device(t, first), await device(t, second)];
  const pins = new PinsInMemory();
  await ask(linkTo(a.address, pins));
  t.match(await ask(linkTo(b.address, pins, second.fingerprint)), "in");
  t.match(await ask(linkTo(b.address, pins)), "in", "also once it is out of the settings again");
  t.equal(await codeOf(ask(linkTo(a.address, pins, second.fingerprint))), "driver-auth");
  t.equal(
    await codeOf(ask(linkTo(a.address, new PinsInMemory(), second.fingerprint))),
    "driver-auth",
  );
});

t.test(
  "a certificate that an authority vouches for needs no pin, and none without may follow it",
  async (t) => {
    const [own, good] = [await device(t, first), await device(t, vouched)];
    const pins = new PinsInMemory();
    t.match(await ask(linkTo(good.address, pins)), "in");
    t.equal(pins.pinOf("10.0.0.7:443"), VOUCHED);
    t.match(await ask(linkTo(good.address, pins)), "in");
    t.equal(await codeOf(ask(linkTo(own.address, pins))), "driver-auth");
    t.strictSame(own.seen, []);
    t.equal(await codeOf(ask(linkTo(good.address, pins, first.fingerprint))), "driver-auth");
  },
);

t.test("a certificate that was kept is not replaced by one that is vouched for", async (t) => {
  const [own, good] = [await device(t, first), await device(t, vouched)];
  const pins = new PinsInMemory();
  await ask(linkTo(own.address, pins));
  t.equal(await codeOf(ask(linkTo(good.address, pins))), "driver-auth");
  t.strictSame(good.seen, [], "the login was not sent to it");
  t.equal(pins.pinOf("10.0.0.7:443"), first.fingerprint);
  t.match(await ask(linkTo(own.address, pins)), "in");
  t.match(await ask(linkTo(good.address, pins, vouched.fingerprint)), "in", "but by the settings");
  t.match(await ask(linkTo(good.address, pins)), "in");
  t.equal(pins.pinOf("10.0.0.7:443"), vouched.fingerprint);
});

t.test("one that is vouched for, for another host, counts as self-signed", async (t) => {
  const { port } = await device(t, vouched);
  const pins = new PinsInMemory();
  t.match(await ask(linkTo(`localhost:${port}`, pins)), "in");
  t.equal(pins.pinOf("10.0.0.7:443"), vouched.fingerprint);
});

t.test("what speaks no TLS, nothing, or not in time has its own fault each", async (t) => {
  const pins = new PinsInMemory();
  const plain = await httpPeer((_request, response) => void response.end("in"));
  const mute = await tcpPeer((socket) => void socket.end());
  const silent = await tcpPeer(() => {});
  for (const peer of [plain, mute, silent]) t.after(() => peer.close());
  t.equal(await codeOf(ask(linkTo(plain.address, pins))), "driver-garbled");
  t.equal(await codeOf(ask(linkTo(mute.address, pins))), "driver-garbled");
  t.equal(await codeOf(ask(linkTo(silent.address, pins, undefined, 100))), "driver-timeout");
  t.equal(await codeOf(ask(linkTo(await deadAddress(), pins))), "driver-unreachable");
  const abort = new AbortController();
  const asking = codeOf(linkTo(silent.address, pins).ask({ target: "/" }, abort.signal));
  abort.abort();
  t.equal(await asking, "AbortError");
  t.equal(pins.pinOf("10.0.0.7:443"), undefined, "and nothing is kept of any");
});

t.test("where no pins can be kept, nothing is believed", async (t) => {
  const { address, seen } = await device(t, first);
  const broken: Pins = {
    pinOf: () => undefined,
    pin: () => {
      throw new Error("disk full");
    },
  };
  t.not(await codeOf(ask(linkTo(address, broken))), "none");
  t.strictSame(seen, []);
});
