import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { openSource, type Source, type SourceSpec } from "../../../../agent/drivers/open.ts";
import {
  codeOf,
  deadAddress,
  httpPeer,
  systemClock,
  tcpPeer,
} from "../../../support/driver-peers.ts";
import { driverScenes, withoutPaths } from "../../../support/driver-scenes.ts";
import { FakeClock } from "../../../support/fakes.ts";

const never = new AbortController().signal;
const scenes = driverScenes();
const scene = (name: string): (typeof scenes)[number] =>
  scenes.find((found) => found.name === name) as (typeof scenes)[number];

function open(t: Test, spec: SourceSpec): Source {
  const source = openSource(spec, { clock: systemClock });
  t.after(() => source.stop());
  return source;
}

/** A device that answers cgminer commands from a scene, and closes on those that it lacks. */
async function antminerPeer(
  t: Test,
  replies: Readonly<Record<string, Uint8Array>>,
): Promise<string> {
  const peer = await tcpPeer((socket) => {
    socket.once("data", (bytes) => {
      const { command, new_api } = JSON.parse(bytes.toString());
      socket.end(replies[new_api ? "new_stats" : command] ?? "");
    });
  });
  t.after(() => peer.close());
  return peer.address;
}

t.test("an Antminer is asked over its cgminer API", async (t) => {
  const { replies, expected } = scene("antminer/s21-new-stats");
  const source = open(t, {
    name: "a",
    driver: "antminer",
    address: await antminerPeer(t, replies),
  });
  const answer = await source.ask(never);
  t.strictSame(withoutPaths(answer.reports), expected);
  t.strictSame(Object.keys(answer.replies).sort(), [
    "new_stats",
    "pools",
    "stats",
    "summary",
    "version",
  ]);
  t.strictSame(Buffer.from(answer.replies["stats"] ?? []), replies["stats"]);
});

t.test("one ask that fails is a problem beside what the others say", async (t) => {
  const { stats, version } = scene("antminer/s19-classic").replies;
  const source = open(t, {
    name: "a",
    driver: "antminer",
    address: await antminerPeer(t, {
      stats: stats ?? Buffer.of(),
      version: version ?? Buffer.of(),
    }),
  });
  const { reports } = await source.ask(never);
  t.ok(reports[0]?.readings.some(({ metric }) => metric === "hashrate"));
  t.strictSame(reports[0]?.problems, [{ part: "", why: "no-reply", ask: "summary" }]);
});

t.test("a device that is asked over HTTP is read, with a login from its address", async (t) => {
  let login: string | undefined;
  const { replies, expected } = scene("axeos/gamma");
  const peer = await httpPeer((request, response) => {
    login = request.headers.authorization;
    if (request.url === "/api/system/info") response.end(replies["info"]);
    else response.writeHead(404).end();
  });
  t.after(() => peer.close());
  const source = open(t, {
    name: "b",
    driver: "axeos",
    address: `http://me:secret@${peer.address}/`,
  });
  t.strictSame(withoutPaths((await source.ask(never)).reports), expected);
  t.equal(login, `Basic ${Buffer.from("me:secret").toString("base64")}`);
  t.equal(source.address, peer.address, "its name holds no login");
});

t.test("where nothing answers the fault is the first one", async (t) => {
  const source = open(t, { name: "a", driver: "antminer", address: await deadAddress() });
  t.equal(await codeOf(source.ask(never)), "driver-unreachable");
});

t.test(
  "a reply that is garbage, half or another device's is an outage and not an empty sample",
  async (t) => {
    for (const body of ["<html>login</html>", '{"hashRate":12', "{}", "", '{"gpus":[]}']) {
      const peer = await httpPeer((_request, response) => void response.end(body));
      t.after(() => peer.close());
      const source = open(t, { name: "x", driver: "axeos", address: peer.address });
      t.equal(await codeOf(source.ask(never)), "driver-garbled", body);
    }
  },
);

t.test("an abort passes through", async (t) => {
  const peer = await httpPeer(() => {});
  t.after(() => peer.close());
  const abort = new AbortController();
  const asking = codeOf(
    open(t, { name: "x", driver: "axeos", address: peer.address }).ask(abort.signal),
  );
  abort.abort();
  t.equal(await asking, "AbortError");
});

t.test("NVIDIA sensors are read through whatever program is named", async (t) => {
  const { replies, expected } = scene("nvidia/two-gpus");
  const program = join(t.testdir({}), "smi");
  writeFileSync(
    program,
    `#!/bin/sh\ncat <<'END'\n${Buffer.from(replies["gpus"] ?? []).toString()}END\nexec sleep 60\n`,
  );
  chmodSync(program, 0o755);
  const source = open(t, { name: "gpus", driver: "nvidia", program, periodMs: 200 });
  t.strictSame(withoutPaths((await source.ask(never)).reports), expected);
  t.equal(source.address, "local");
});

t.test("AMD sensors are read from a tree of files", async (t) => {
  const { replies, expected } = scene("amdgpu/two-cards");
  const root = t.testdir({});
  for (const [path, content] of Object.entries(
    JSON.parse(Buffer.from(replies["cards"] ?? []).toString()),
  )) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), `${content}\n`);
  }
  const source = open(t, { name: "gpus", driver: "amdgpu", root });
  t.strictSame(withoutPaths((await source.ask(never)).reports), expected);
});

t.test("a host without AMD cards has no reports and no fault", async (t) => {
  t.strictSame(
    (await open(t, { name: "gpus", driver: "amdgpu", root: "/nonexistent" }).ask(never)).reports,
    [],
  );
});

t.test("this host is read", async (t) => {
  const { reports } = await open(t, { name: "host", driver: "host", timeoutMs: 20_000 }).ask(never);
  const metrics = reports[0]?.readings.map(({ metric }) => metric as string) ?? [];
  for (const metric of ["load", "memory_used", "memory_total", "uptime"])
    t.ok(metrics.includes(metric), metric);
});

t.test("a source that cannot be is refused before anything is asked", async (t) => {
  const refused = (spec: Partial<SourceSpec>): void =>
    void t.throws(
      () => openSource({ name: "s", driver: "axeos", ...spec }, { clock: systemClock }),
      { code: "settings-invalid" },
      JSON.stringify(spec),
    );
  refused({ driver: "abacus", address: "h" });
  refused({});
  refused({ address: "not an address" });
  refused({ driver: "xmrig-proxy", address: "host-without-port" });
});

t.test("the port in a web address is not that of the cgminer API", async (t) => {
  t.equal(
    open(t, { name: "a", driver: "antminer", address: "http://10.0.0.9:8080/" }).address,
    "10.0.0.9:4028",
  );
  t.equal(
    open(t, { name: "a", driver: "antminer", address: "10.0.0.9:8359" }).address,
    "10.0.0.9:8359",
  );
  t.equal(open(t, { name: "b", driver: "trex", address: "10.0.0.9" }).address, "10.0.0.9:4067");
  t.equal(
    open(t, { name: "b", driver: "trex", address: "https://10.0.0.9" }).address,
    "10.0.0.9:443",
  );
});

t.test("the maker's login is tried where that is allowed and no other is given", async (t) => {
  const names = async (more: Partial<SourceSpec>): Promise<unknown[]> => {
    const shown: unknown[] = [];
    const peer = await httpPeer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      if (request.method === "POST") shown.push(JSON.parse(body).username);
      response.writeHead(401).end();
    });
    t.after(() => peer.close());
    const source = open(t, { name: "m", driver: "braiins-rest", address: peer.address, ...more });
    t.equal(await codeOf(source.ask(never)), "driver-auth");
    return shown;
  };
  t.strictSame(await names({}), []);
  t.strictSame(await names({ tryDefaultLogin: true }), ["root"]);
  t.strictSame(await names({ tryDefaultLogin: true, username: "me" }), ["me"]);
});

/** A NerdQAxe-like device of which every ask is optional, and how often each was put; `down` names what breaks off. */
async function nerdaxePeer(
  t: Test,
): Promise<{ address: string; puts: string[]; down: Set<string> }> {
  const { replies } = scene("nerdaxe/second-api");
  const puts: string[] = [];
  const down = new Set<string>();
  const paths: Readonly<Record<string, string>> = {
    "/api/system/info": "info",
    "/api/v2/dashboard": "dashboard",
    "/api/v2/system": "system",
  };
  const peer = await httpPeer((request, response) => {
    const ask = paths[request.url ?? ""] ?? "";
    puts.push(ask);
    if (down.has(ask)) request.socket.destroy();
    else if (replies[ask] === undefined) response.writeHead(404).end();
    else response.end(replies[ask]);
  });
  t.after(() => peer.close());
  return { address: peer.address, puts, down };
}

t.test(
  "one lost poll of a device whose asks are all optional costs that poll and no more",
  async (t) => {
    const { address, puts, down } = await nerdaxePeer(t);
    const source = open(t, { name: "n", driver: "nerdaxe", address });
    const [before] = (await source.ask(never)).reports;
    t.ok((before?.readings.length ?? 0) > 0);
    for (const ask of ["info", "dashboard", "system"]) down.add(ask);
    t.not(await codeOf(source.ask(never)), "none", "silence is an outage and no empty answer");
    down.clear();
    const [after] = (await source.ask(never)).reports;
    t.equal(after?.readings.length, before?.readings.length);
    puts.length = 0;
    await source.ask(never);
    t.ok(puts.length > 0, "it goes on being asked");
  },
);

t.test("a device that took another's place without a gap says itself who it is", async (t) => {
  const clock = new FakeClock();
  let [who, uptime] = [1, 5000];
  const asked: string[] = [];
  const peer = await tcpPeer((socket) => {
    socket.once("data", (bytes) => {
      const [, command = ""] = /(version|summary)/.exec(bytes.toString()) ?? [];
      asked.push(command);
      const status = [{ STATUS: command === "" ? "E" : "S" }];
      const version = [{ API: "3.7", CGMiner: "4.9", MAC: `02:00:5e:00:00:0${who}` }];
      const summary = [{ Elapsed: uptime, "MHS av": 1e6, Accepted: 10, Rejected: 0 }];
      socket.end(JSON.stringify({ STATUS: status, VERSION: version, SUMMARY: summary }));
    });
  });
  t.after(() => peer.close());
  const source = openSource(
    { name: "c", driver: "cgminer-generic", address: peer.address },
    { clock },
  );
  t.after(() => source.stop());
  const mac = async (): Promise<unknown> => (await source.ask(never)).reports[0]?.identity.mac;
  t.equal(await mac(), "02:00:5e:00:00:01");
  clock.advance(10_000);
  uptime += 10;
  asked.length = 0;
  t.equal(await mac(), "02:00:5e:00:00:01");
  t.notOk(asked.includes("version"), "what hardly changes stands while the device runs on");
  clock.advance(10_000);
  [who, uptime] = [2, 40];
  t.equal(await mac(), "02:00:5e:00:00:02", "one that runs since less long");
  clock.advance(10_000);
  [who, uptime] = [3, 90_000];
  t.equal(await mac(), "02:00:5e:00:00:03", "one that runs since longer");
});
