import t, { type Test } from "tap";
import { httpLink } from "../../../../../agent/drivers/links/http.ts";
import type { Link, Login } from "../../../../../agent/drivers/links/link.ts";
import { digestDevice, digestOf } from "../../../../support/digest-peer.ts";
import { codeOf, httpPeer, systemClock } from "../../../../support/driver-peers.ts";
import { FakeClock } from "../../../../support/fakes.ts";

const never = new AbortController().signal;
const PLAIN = { username: "root", password: "root", realm: ["antMiner", "antMiner"] } as const;

async function linkTo(
  t: Test,
  device: ReturnType<typeof digestDevice>,
  login: Login,
  clock = new FakeClock(),
  kind: "digest" | "basic" = "digest",
): Promise<Link> {
  const peer = await httpPeer(device.answer);
  t.after(() => peer.close());
  const reach = { clock, timeoutMs: 5000, called: peer.address };
  return httpLink(reach, new URL(`http://${peer.address}/`), login, { scheme: { kind } });
}
const ask = async (link: Link, target = "/cgi-bin/stats.cgi?x=1"): Promise<string> =>
  Buffer.from(await link.ask({ target }, never)).toString();

t.test("the device of these tests wants what RFC 7616 shows", async (t) => {
  const parts = {
    username: "Mufasa",
    realm: "http-auth@example.org",
    password: "Circle of Life",
    method: "GET",
    uri: "/dir/index.html",
    nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    nc: "00000001",
    cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
  };
  t.equal(digestOf({ ...parts, hash: "md5" }), "8ca523f5e9506fed4657c9700eebdbec");
  t.equal(
    digestOf({ ...parts, hash: "sha256" }),
    "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
  );
});

t.test("a challenge is answered, and its nonce used again with a count", async (t) => {
  for (const algorithm of [undefined, "MD5", "SHA-256"] as const) {
    const device = digestDevice({ ...PLAIN, ...(algorithm === undefined ? {} : { algorithm }) });
    const link = await linkTo(t, device, PLAIN);
    for (let i = 0; i < 12; i += 1) t.equal(await ask(link), "in");
    t.match(device.met, { asks: 13, challenges: 1, refused: 0 }, String(algorithm));
    t.strictSame(device.met.counts, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  }
});

t.test("names, passwords and realms may hold anything", async (t) => {
  const odd = { username: 'o"Br\\ién', password: 'p:"ä,\\' };
  const realm = ['a, \\"b\\" = \\\\c', 'a, "b" = \\c'] as const;
  const link = await linkTo(t, digestDevice({ ...odd, realm }), odd);
  t.equal(await ask(link), "in");
  const empty = { username: "", password: "" };
  t.equal(await ask(await linkTo(t, digestDevice({ ...empty, realm: ["", ""] }), empty)), "in");
});

t.test("a nonce that is used up is no wrong password", async (t) => {
  const device = digestDevice({ ...PLAIN, nonceLasts: 2 });
  const link = await linkTo(t, device, PLAIN);
  for (let i = 0; i < 7; i += 1) t.equal(await ask(link), "in");
  t.match(device.met, { challenges: 4, refused: 0 });
});

t.test("a wrong password is tried once a minute, by however many asks", async (t) => {
  const clock = new FakeClock();
  const device = digestDevice(PLAIN);
  const link = await linkTo(t, device, { username: "root", password: "hunter2" }, clock);
  const codes = await Promise.all(Array.from({ length: 5 }, () => codeOf(ask(link))));
  t.strictSame(new Set(codes), new Set(["driver-auth"]));
  t.equal(device.met.refused, 1);
  clock.advance(59_000);
  await t.rejects(ask(link), { code: "driver-auth", message: /tried again in 1 s/ });
  t.equal(device.met.asks, 2, "and not even asked meanwhile");
  clock.advance(1000);
  t.equal(await codeOf(ask(link)), "driver-auth");
  t.equal(device.met.refused, 2);
});

t.test("a device that never challenges is told nothing", async (t) => {
  const seen: unknown[] = [];
  const peer = await httpPeer((request, response) => {
    seen.push(request.headers.authorization);
    response.end("open");
  });
  t.after(() => peer.close());
  const reach = { clock: systemClock, timeoutMs: 5000, called: peer.address };
  const link = httpLink(reach, new URL(`http://${peer.address}/`), PLAIN, {
    scheme: { kind: "digest" },
  });
  t.equal(await ask(link), "open");
  t.strictSame(seen, [undefined]);
});

t.test(
  "a password is not handed to a device that asks for it in clear, nor to one that asks oddly",
  async (t) => {
    for (const challenge of [
      'Basic realm="antMiner"',
      "Digest",
      'Digest realm="r", nonce="n", qop="auth-int"',
      'Digest realm="r", nonce="n", qop="auth", algorithm=ROT13',
    ]) {
      const seen: unknown[] = [];
      const peer = await httpPeer((request, response) => {
        seen.push(request.headers.authorization);
        response.writeHead(401, { "www-authenticate": challenge }).end();
      });
      t.after(() => peer.close());
      const reach = { clock: systemClock, timeoutMs: 5000, called: peer.address };
      const link = httpLink(reach, new URL(`http://${peer.address}/`), PLAIN, {
        scheme: { kind: "digest" },
      });
      await t.rejects(
        ask(link),
        { code: "driver-auth", message: /another kind of login/ },
        challenge,
      );
      t.strictSame(seen, [undefined], challenge);
    }
  },
);

t.test("of two challenges the better one is answered", async (t) => {
  for (const also of [
    'Digest realm="antMiner", nonce="weak", qop="auth", algorithm=MD5',
    'Basic realm="antMiner"',
  ]) {
    const link = await linkTo(t, digestDevice({ ...PLAIN, algorithm: "SHA-256", also }), PLAIN);
    t.equal(await ask(link), "in", also);
  }
});

t.test("a basic login answers a device that wants digest all the same", async (t) => {
  const device = digestDevice(PLAIN);
  const link = await linkTo(t, device, PLAIN, new FakeClock(), "basic");
  t.equal(await ask(link), "in");
  t.equal(await ask(link), "in");
  t.equal(device.met.asks, 3);
});

t.test("an algorithm that is called like a part of every object is none", async (t) => {
  for (const algorithm of ["constructor", "__proto__", "toString"]) {
    const peer = await httpPeer((_request, response) => {
      const challenge = `Digest realm="r", nonce="n", qop="auth", algorithm=${algorithm}`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
    });
    t.after(() => peer.close());
    const reach = { clock: systemClock, timeoutMs: 5000, called: peer.address };
    const link = httpLink(reach, new URL(`http://${peer.address}/`), PLAIN, {
      scheme: { kind: "digest" },
    });
    t.equal(await codeOf(ask(link)), "driver-auth", algorithm);
  }
});
