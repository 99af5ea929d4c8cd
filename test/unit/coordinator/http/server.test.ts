import { createHash } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import t, { type Test } from "tap";
import { checkBundle } from "../../../../agent/commands/verify/check-bundle.ts";
import { createHttp, type Http } from "../../../../coordinator/http/server.ts";
import { closeEpoch, dueEpoch } from "../../../../coordinator/record/close.ts";
import {
  COLLECTION,
  DAY,
  openScene,
  quietLog,
  type Scene,
  type SceneRig,
} from "../../../support/record-scene.ts";

const FROM = BigInt(DAY);
const TOKEN = "operator-token-of-this-test";
const NAME = "<b>Anna's garage</b>";

interface Served {
  readonly scene: Scene;
  readonly rig: SceneRig;
  readonly http: Http;
  readonly said: string[];
}

async function serve(
  t: Test,
  over: { simulated?: boolean; publicUrl?: string; fault?: string; host?: string } = {},
): Promise<Served> {
  const scene = openScene(t.testdir());
  const rig = scene.rig(NAME);
  rig.allocate({ tokenId: 7n, fromTime: FROM, toTime: FROM + 1200n, promisedHashrate: 20_000n });
  for (let i = 0n; i < 4n; i += 1n) rig.attest({ windowStart: FROM + i * 60n });
  for (let i = 0; i < 2; i += 1) {
    const epoch = dueEpoch(scene.db, scene.rules, DAY + 5000);
    if (epoch !== undefined) closeEpoch(scene.db, epoch, DAY + 5000);
  }
  const said: string[] = [];
  const { publicUrl, host = "127.0.0.1" } = over;
  const http = createHttp({
    db: scene.db,
    settings: {
      chainId: 1n,
      ...scene.rules,
      simulated: over.simulated ?? false,
      http: { host, port: 0, ...(publicUrl === undefined ? {} : { publicUrl }) },
    },
    log: quietLog(said),
    keeper: { status: () => (over.fault === undefined ? {} : { fault: over.fault }) },
    coordinator: scene.coordinator.address,
    operatorToken: TOKEN,
    salt: `0x${"5a".repeat(32)}`,
  });
  await http.start();
  t.after(async () => {
    await http.stop();
    scene.db.close();
  });
  return { scene, rig, http, said };
}

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function get(
  http: Http,
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Got> {
  const { hostname, port } = new URL(http.url);
  const sent = httpRequest({ hostname, port, path, method, headers, agent: false });
  sent.end();
  const [response] = await once(sent, "response");
  let body = "";
  response.setEncoding("utf8");
  for await (const piece of response) body += piece;
  return { status: response.statusCode, headers: response.headers, body };
}

const NFT = `/nft/1/${COLLECTION}/7`;
const PAGE = `/tokens/1/${COLLECTION}/7`;
const PRIVATE = ["/", "/api/tokens", "/api/rigs", "/nowhere"];

t.test("a token's metadata is ERC-721 JSON with its record, image and links", async (t) => {
  const { http } = await serve(t);
  const got = await get(http, NFT);
  t.equal(got.status, 200);
  t.equal(got.headers["access-control-allow-origin"], "*");
  const metadata = JSON.parse(got.body);
  t.match(metadata, {
    name: "Rig record #7",
    external_url: `${http.url}${PAGE}`,
    simulated: false,
    records: [{ record: { algorithm: "kawpow", hashes: "0", cumulativeHashes: "4000012" } }],
    totals: [{ algorithm: "kawpow", cumulativeHashes: "4000012" }],
    bundle: `${http.url}${NFT}/epochs/${DAY + 600}`,
  });
  t.match(metadata.attributes, [{ trait_type: "Algorithm", value: "kawpow" }]);
  const svg = Buffer.from(metadata.image.split(",")[1], "base64").toString();
  t.match(svg, /^<svg .*4 MH.*<\/svg>$/);
});

t.test("an epoch's document is a bundle that checks offline", async (t) => {
  const { http, rig, scene } = await serve(t);
  const list = JSON.parse((await get(http, `${NFT}/epochs?limit=1`)).body);
  t.equal(list.epochs.length, 1);
  const rest = JSON.parse(
    (await get(http, new URL(list.next).pathname + new URL(list.next).search)).body,
  );
  t.equal(rest.epochs[0].epochStart, String(DAY));
  const bundle = JSON.parse((await get(http, new URL(rest.epochs[0].url).pathname)).body);
  const pins = {
    rig: rig.signer.address,
    owner: rig.owner.address,
    coordinator: scene.coordinator.address,
  };
  t.strictSame(
    checkBundle(bundle, pins).filter(({ ok }) => !ok),
    [],
  );
  t.match(bundle.records, [{ record: { hashes: "4000012", windowsCounted: "4" } }]);
});

t.test("a browser gets the token's page, and no name of a rig or site is on it", async (t) => {
  const { http, rig } = await serve(t);
  for (const path of [NFT, PAGE]) {
    const got = await get(http, path, { accept: "text/html,application/xhtml+xml" });
    t.equal(got.status, 200, path);
    t.match(got.headers["content-type"], /^text\/html/, path);
    t.match(got.body, /4 MH/, path);
    t.match(got.body, /4 of 10/, path);
    t.match(got.body, /rig-agent verify record\.json/, path);
    t.notMatch(got.body, /Anna/, path);
    t.notMatch(got.body, rig.owner.address, path);
  }
});

t.test(
  "what is not public needs the operator's token from anywhere but this machine",
  async (t) => {
    const { http, rig } = await serve(t);
    const address = rig.signer.address;
    const paths = [
      ...PRIVATE,
      `/rigs/${address}`,
      `/api/rigs/${address}`,
      `/api/rigs/${address}/attestations`,
    ];
    const strangers: [string, Record<string, string>][] = [
      ["a page of a stranger", { host: "evil.example" }],
      ["a name that only looks local", { host: "127.0.0.1.evil.example" }],
      ["a local proxy", { "x-forwarded-for": "203.0.113.9" }],
      ["a wrong token", { authorization: "Bearer wrong" }],
      ["an empty token", { authorization: "Bearer " }],
      ["another scheme", { authorization: `Basic ${TOKEN}` }],
    ];
    for (const path of paths) {
      const known = path === "/nowhere" ? 404 : 200;
      t.equal((await get(http, path)).status, known, `${path} from this machine`);
      t.equal((await get(http, path, { host: "localhost:80" })).status, known, `${path} by name`);
      for (const [about, headers] of strangers) {
        const got = await get(http, path, headers);
        t.equal(got.status, 401, `${path}: ${about}`);
        t.notMatch(got.body, /Anna|0x[0-9a-f]{40}/, `${path}: ${about}`);
      }
      const headers = { host: "evil.example", authorization: `Bearer ${TOKEN}` };
      t.equal((await get(http, path, headers)).status, known, `${path} with the token`);
    }
  },
);

t.test("behind a public address nothing is local", async (t) => {
  const { http } = await serve(t, { publicUrl: "https://records.example" });
  t.equal((await get(http, "/api/rigs")).status, 401);
  const got = await get(http, NFT, { host: "records.example" });
  t.equal(got.status, 200);
  t.equal(JSON.parse(got.body).external_url, `https://records.example${PAGE}`);
});

t.test("what is public is public for everybody", async (t) => {
  const { http } = await serve(t);
  for (const path of ["/healthz", NFT, `${NFT}/epochs`, `${NFT}/epochs/${DAY}`, PAGE]) {
    t.equal((await get(http, path, { host: "evil.example" })).status, 200, path);
  }
});

t.test("what cannot be read or is not there is refused with a sentence", async (t) => {
  const { http, said } = await serve(t);
  const big = "9".repeat(79);
  const cases: [string, number][] = [
    [`/nft/2/${COLLECTION}/7`, 404],
    [`/nft/1/${COLLECTION}/8`, 404],
    [`/nft/1/${COLLECTION}/007`, 404],
    [`/nft/1/${COLLECTION}/${big}`, 404],
    [`/nft/1/${COLLECTION}/-1`, 404],
    [`/nft/1/${COLLECTION}/7%00`, 404],
    ["/nft/1/0x12/7", 404],
    ["/nft/../../etc/passwd", 404],
    [`${NFT}/epochs/${DAY + 1}`, 404],
    [`${NFT}/epochs/today`, 400],
    [`${NFT}/epochs?limit=0`, 400],
    [`${NFT}/epochs?limit=501`, 400],
    [`${NFT}/epochs?limit=1&limit=2`, 400],
    [`${NFT}/epochs?before=soon`, 400],
    [`${NFT}/epochs?before=99999999999999999999`, 400],
    [`/api/rigs/0x${"11".repeat(20)}`, 404],
    ["/api/rigs/me", 404],
    ["/api/rigs?after=me", 400],
    ["/api/tokens?after=me", 400],
    [`/api/tokens?after=${"x".repeat(300)}`, 400],
    ["/%", 404],
    [`/${"x".repeat(3000)}`, 414],
  ];
  for (const [path, status] of cases) {
    const got = await get(http, path);
    t.equal(got.status, status, path.slice(0, 100));
    t.match(
      JSON.parse(got.body),
      { error: { code: String, message: /^\w.*\.$/ } },
      path.slice(0, 100),
    );
  }
  t.strictSame(said, [], "none of these is a fault of ours");
});

t.test("only reading is answered, and HEAD has no body", async (t) => {
  const { http } = await serve(t);
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    const got = await get(http, NFT, {}, method);
    t.equal(got.status, 405, method);
    t.equal(got.headers.allow, "GET, HEAD", method);
  }
  const head = await get(http, NFT, {}, "HEAD");
  const full = await get(http, NFT);
  t.equal(head.status, 200);
  t.equal(head.body, "");
  t.equal(head.headers["content-length"], full.headers["content-length"]);
});

t.test(
  "every answer carries the security headers, and pages load nothing from outside",
  async (t) => {
    const { http } = await serve(t);
    for (const path of ["/", NFT, PAGE, "/nowhere", "/healthz"]) {
      const { headers } = await get(http, path);
      t.equal(headers["x-content-type-options"], "nosniff", path);
      t.match(headers["content-security-policy"], /default-src 'none'; style-src 'sha256-/, path);
    }
    const { body, headers } = await get(http, "/");
    t.notMatch(body, /<script|src="http/);
    const style = /<style>([\s\S]*?)<\/style>/.exec(body)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    t.match(headers["content-security-policy"], `'sha256-${hash}'`, "its own style is let through");
  },
);

t.test("an epoch's document is made once, is kept, and says when it is known", async (t) => {
  const { http, scene } = await serve(t);
  const path = `${NFT}/epochs/${DAY}`;
  const together = await Promise.all([get(http, path), get(http, path), get(http, path)]);
  const [first] = together;
  t.strictSame(new Set(together.map(({ body }) => body)).size, 1);
  t.equal(first?.headers["cache-control"], "public, max-age=3600");
  const tag = String(first?.headers.etag);
  t.match(tag, /^"[\w-]{43}"$/);
  // Nothing is left to make it from.
  scene.db.exec("DROP TABLE judgements");
  t.equal((await get(http, path)).body, first?.body);
  for (const known of [tag, `"other", W/${tag}`]) {
    const again = await get(http, path, { "if-none-match": known });
    t.equal(again.status, 304, known);
    t.equal(again.body, "");
    t.equal(again.headers.etag, tag);
  }
  t.equal((await get(http, path, { "if-none-match": '"other"' })).status, 200);
});

t.test("what is refused or says how things are now is kept by nobody", async (t) => {
  const { http } = await serve(t);
  for (const path of [
    "/healthz",
    `/nft/1/${COLLECTION}/8`,
    `${NFT}/epochs/${DAY + 1}`,
    `${NFT}/epochs/today`,
    "/",
    "/api/rigs",
  ]) {
    t.equal((await get(http, path)).headers["cache-control"], "no-store", path);
  }
  t.match((await get(http, NFT)).headers["cache-control"], /^public, max-age=\d\d$/);
});

t.test("a rig's name is text on its page, whatever it holds", async (t) => {
  const { http, rig } = await serve(t);
  const { body } = await get(http, `/rigs/${rig.signer.address}`);
  t.match(body, "&lt;b&gt;Anna&#39;s garage&lt;/b&gt;");
  t.notMatch(body, "<b>Anna");
});

t.test("a simulated site says so on every page and in every document", async (t) => {
  const { http, rig } = await serve(t, { simulated: true });
  for (const path of ["/", PAGE, `/rigs/${rig.signer.address}`]) {
    t.match((await get(http, path)).body, /class="banner">Simulated/, path);
  }
  for (const path of [NFT, "/api/rigs", "/api/tokens", "/healthz", `${NFT}/epochs`]) {
    t.match(JSON.parse((await get(http, path)).body), { simulated: true }, path);
  }
});

t.test("a rig's attestations come in pages with a link to the rest", async (t) => {
  const { http, rig } = await serve(t);
  const path = `/api/rigs/${rig.signer.address}/attestations`;
  const first = await get(http, `${path}?from=${DAY}&to=${DAY + 600}&limit=3`);
  const link = /^<(.*)>; rel="next"$/.exec(String(first.headers["link"]))?.[1] ?? "";
  const second = await get(http, new URL(link).pathname + new URL(link).search);
  t.equal(JSON.parse(first.body).attestations.length, 3);
  t.equal(JSON.parse(second.body).attestations.length, 1);
  t.equal(second.headers["link"], undefined);
});

t.test("a keeper that cannot close an epoch makes the coordinator unhealthy", async (t) => {
  const { http } = await serve(t, { fault: "SQLITE_CORRUPT in /secret/path" });
  const got = await get(http, "/healthz");
  t.equal(got.status, 503);
  t.notMatch(got.body, /secret/);
});

t.test(
  "headers beyond 8 KiB and bytes that are no HTTP end the connection, not the server",
  async (t) => {
    const { http } = await serve(t);
    t.equal((await get(http, NFT, { cookie: "x".repeat(10_000) })).status, 431);
    const { hostname, port } = new URL(http.url);
    const socket = connect(Number(port), hostname);
    socket.end("\u0000\u0001 garbage\r\n\r\n");
    let answer = "";
    for await (const piece of socket.setEncoding("utf8")) answer += piece;
    t.match(answer, /^HTTP\/1\.1 400/);
    t.equal((await get(http, NFT)).status, 200);
  },
);

t.test("an address that is taken is an error that names it", async (t) => {
  const { http, scene } = await serve(t);
  const { hostname, port } = new URL(http.url);
  const second = createHttp({
    db: scene.db,
    settings: {
      chainId: 1n,
      ...scene.rules,
      simulated: false,
      http: { host: hostname, port: Number(port) },
    },
    log: quietLog(),
    keeper: { status: () => ({}) },
    coordinator: scene.coordinator.address,
    operatorToken: TOKEN,
    salt: `0x${"5a".repeat(32)}`,
  });
  await t.rejects(second.start(), { code: "http-address-taken", message: new RegExp(port) });
  await second.stop();
});

t.test("it stops before start, twice, and with a connection that stays open", async (t) => {
  const { http } = await serve(t);
  const { hostname, port } = new URL(http.url);
  const idle = connect(Number(port), hostname);
  await once(idle, "connect");
  const closed = once(idle, "close");
  await http.stop();
  await http.stop();
  idle.destroy();
  await closed;
  await t.rejects(get(http, NFT), { code: "ECONNREFUSED" });
});
