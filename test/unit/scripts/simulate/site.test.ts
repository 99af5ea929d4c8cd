import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { agentDevices, type Site, startSite } from "../../../../scripts/simulate/site.ts";
import type { SiteSpec } from "../../../../scripts/simulate/specs.ts";
import { ask, command, get, handClock, parsed, until } from "./asking.ts";

const SITE: SiteSpec = {
  seed: 3,
  devices: [
    { driver: "antminer", age: "10m" },
    { driver: "antminer", hashrate: "95 TH/s", brokenJson: true, age: "10m" },
    { driver: "axeos", age: "10m" },
    { driver: "trex", age: "10m" },
    { driver: "nvidia" },
    { driver: "lolminer", age: "10m" },
    { driver: "amdgpu" },
    { driver: "xmrig", age: "10m" },
  ],
};

const clock = handClock();
let nth = 0;
async function start(
  t: { after(callback: () => Promise<void>): void },
  site: SiteSpec = SITE,
  logFile?: string,
): Promise<Site> {
  nth += 1;
  const started = await startSite({
    site,
    ports: "any",
    baseAddress: `127.0.40.${nth * 10}`,
    clock: clock.now,
    refreshMs: 0,
    ...(logFile === undefined ? {} : { logFile }),
  });
  t.after(() => started.stop());
  return started;
}
const addressOf = (site: Site, name: string): string => site.device(name).address ?? "";

t.test("an Antminer answers each command of the cgminer API, one per connection", async (t) => {
  const site = await start(t);
  const address = addressOf(site, "antminer-1");
  const version = parsed(await command(address, "version"));
  t.equal(version.VERSION[0].Type, "Antminer S19 Pro");
  const stats = parsed(await command(address, "stats")).STATS[1];
  t.ok(Math.abs(stats["GHS 5s"] / 110_000 - 1) < 0.05, `${stats["GHS 5s"]} GH/s`);
  t.equal(stats.Elapsed, 600);
  const boards = [1, 2, 3].reduce((sum, board) => sum + Number(stats[`chain_rate${board}`]), 0);
  t.ok(Math.abs(boards - stats["GHS 5s"]) < 0.1, "the boards add up");
  const summary = parsed(await command(address, "summary")).SUMMARY[0];
  const [pool] = parsed(await command(address, "pools")).POOLS;
  t.equal(summary["Difficulty Accepted"], summary.Accepted * 65_536);
  t.equal(pool.Accepted, summary.Accepted);
  t.equal(parsed(await command(address, "devs")).DEVS.length, 3);
  const joined = parsed(await command(address, "summary+pools"));
  t.strictSame([joined.summary[0].SUMMARY, joined.pools[0].POOLS[0].POOL], [[summary], 0]);
});

t.test("an Antminer says what it does not understand as cgminer does", async (t) => {
  const address = addressOf(await start(t), "antminer-1");
  t.equal(parsed(await command(address, "quit-now")).STATUS[0].Code, 14);
  t.equal(parsed(await ask(address, "GET / HTTP/1.1\r\n\r\n")).STATUS[0].Code, 23);
  t.equal(parsed(await ask(address, `{"command":${"[".repeat(5000)}`)).STATUS[0].Code, 23);
});

t.test("old firmware writes JSON that is none, and rates as text", async (t) => {
  const heard = await command(addressOf(await start(t), "antminer-2"), "stats");
  const text = heard.bytes.toString();
  t.match(text, /"\}\{"STATS":0/);
  t.throws(() => parsed(heard));
  t.match(text, /"GHS 5s":"9[0-9]{4}\.[0-9]{2}"/);
});

t.test("a Bitaxe answers its system info", async (t) => {
  const info = await get(addressOf(await start(t), "axeos-1"), "/api/system/info");
  t.equal(info.ASICModel, "BM1370");
  t.match(info.macAddr, /^02(:[0-9A-F]{2}){5}$/);
  t.ok(Math.abs(info.hashRate / 1200 - 1) < 0.06, `${info.hashRate} GH/s`);
  t.equal(info.temp2, -1);
});

t.test("T-Rex and nvidia-smi show the same GPUs, one in decimal and one in hex", async (t) => {
  const site = await start(t);
  const summary = await get(addressOf(site, "trex-1"), "/summary");
  t.strictSame(
    summary.gpus.map((gpu: { pci_bus: number }) => gpu.pci_bus),
    [1, 10, 11, 16],
  );
  t.strictSame(
    site.device("nvidia-1").machines.map(({ key }) => key),
    ["pci:0000:01:00.0", "pci:0000:0a:00.0", "pci:0000:0b:00.0", "pci:0000:10:00.0"],
  );
  const values = readFileSync(join(site.device("nvidia-1").program ?? "", "..", "values"), "utf8");
  t.match(values, /g1_pci_bus_id='00000000:0A:00\.0'/);
  const dashed = /g1_uuid='GPU-([0-9a-f-]+)'/.exec(values)?.[1];
  t.equal(dashed?.replaceAll("-", ""), summary.gpus[1].uuid);
});

t.test("lolMiner and amdgpu show the same GPUs", async (t) => {
  const site = await start(t);
  const summary = await get(addressOf(site, "lolminer-1"), "/summary");
  t.strictSame(
    summary.Workers.map((worker: { PCIE_Address: string }) => worker.PCIE_Address),
    ["33:0", "46:0"],
  );
  const [algorithm] = summary.Algorithms;
  const sum = algorithm.Worker_Performance.reduce((all: number, one: number) => all + one, 0);
  t.ok(Math.abs(sum - algorithm.Total_Performance) < 1e-3, `${sum}`);
  const card = join(site.device("amdgpu-1").root ?? "", "class/drm/card2/device");
  t.match(readFileSync(join(card, "uevent"), "utf8"), /PCI_SLOT_NAME=0000:2e:00\.0\n/);
  const watts = Number(readFileSync(join(card, "hwmon/hwmon4/power1_average"), "utf8")) / 1e6;
  t.equal(watts, Math.round(summary.Workers[1].Power));
});

t.test("XMRig has no mean over a time that it has not run for", async (t) => {
  const site = await start(t);
  const summary = await get(addressOf(site, "xmrig-1"), "/2/summary");
  const [ten, minute, quarter] = summary.hashrate.total;
  t.ok(Math.abs(ten / 15_400 - 1) < 0.05, `${ten} H/s`);
  t.ok(minute > 0, "it has run for a minute");
  t.equal(quarter, null);
  t.equal(summary.results.hashes_total, summary.results.shares_good * 100_000);
});

t.test("the log says what each reply said, beside the truth", async (t) => {
  const logFile = join(t.testdir(), "replies.jsonl");
  const site = await start(t, SITE, logFile);
  const address = addressOf(site, "antminer-1");
  const stats = parsed(await command(address, "stats")).STATS[1];
  clock.go(60_000);
  const summary = parsed(await command(address, "summary")).SUMMARY[0];
  const [first, second] = site.device("antminer-1").log;
  t.equal(first?.hashrate, stats["GHS 5s"] * 1e9);
  t.equal(first?.sharesAccepted, undefined, "stats holds no shares");
  t.equal(second?.sharesAccepted, summary.Accepted);
  t.equal(second?.difficultyAccepted, summary["Difficulty Accepted"]);
  t.equal(second?.trueHashes, String(site.device("antminer-1").truth(clock.now())?.hashes));
  const perSecond = (Number(second?.trueHashes) - Number(first?.trueHashes)) / 60;
  t.ok(Math.abs(perSecond / 110e12 - 1) < 0.01, `${perSecond}`);
  await get(addressOf(site, "trex-1"), "/summary");
  t.equal(site.device("trex-1").log.length, 4, "one line for each GPU");
  await site.stop();
  const lines = readFileSync(logFile, "utf8").trimEnd().split("\n");
  t.strictSame(
    lines.map((line) => JSON.parse(line)),
    site.log.entries,
  );
});

t.test("the truth of a miner is that of its GPUs together", async (t) => {
  const site = await start(t);
  clock.go(30_000);
  const miner = site.device("trex-1");
  const each = miner.machines.map(({ key }) => miner.truth(clock.now(), key)?.hashes ?? 0n);
  t.equal(
    miner.truth(clock.now())?.hashes,
    each.reduce((sum, one) => sum + one, 0n),
  );
  t.equal(site.device("nvidia-1").truth(clock.now())?.hashes, miner.truth(clock.now())?.hashes);
  t.equal(miner.truth(clock.now(), "pci:0000:77:00.0"), undefined, "no such GPU, no truth");
});

t.test("a restarted device refuses while it is off, then counts anew", async (t) => {
  const site = await start(t);
  const address = addressOf(site, "antminer-1");
  await site.restart("antminer-1", 5000);
  t.equal((await command(address, "summary")).how, "refused");
  clock.go(5000 + 60_000);
  await site.tick();
  const summary = parsed(await command(address, "summary")).SUMMARY[0];
  t.equal(summary.Elapsed, 60);
  t.ok(summary.Accepted < 100, `${summary.Accepted} shares`);
  await t.rejects(site.restart("nvidia-1"), /shows GPUs/);
});

t.test("outages come by themselves when time goes on", async (t) => {
  const events = [
    { at: "10s", kind: "off", for: "10s" },
    { at: "30s", kind: "silent", for: "10s" },
  ] as const;
  const site = await startSite({
    site: { devices: [{ driver: "axeos", age: "1m", events: [...events] }] },
    ports: "any",
    baseAddress: "127.0.41.0",
    clock: clock.now,
    refreshMs: 5,
  });
  t.after(() => site.stop());
  const address = addressOf(site, "axeos-1");
  const how = async (): Promise<string> =>
    (
      await ask(
        address,
        "GET /api/system/info HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        100,
      )
    ).how;
  t.equal(await how(), "end");
  clock.go(12_000);
  await until(async () => (await how()) === "refused", "the outage");
  clock.go(10_000);
  await until(async () => (await how()) === "end", "its end");
  clock.go(10_000);
  await until(async () => (await how()) === "waiting", "the silence");
});

t.test("stopping frees every port and file, twice over", async (t) => {
  const site = await start(t);
  const { program = "", root = "" } = Object.assign({}, ...site.devices) as Site["devices"][number];
  t.ok(existsSync(program) && existsSync(root), "they are there");
  const hanging = ask(addressOf(site, "axeos-1"), "GET", 10_000);
  await site.stop();
  await site.stop();
  t.not((await hanging).how, "waiting", "open connections are dropped");
  t.notOk(existsSync(program) || existsSync(root));
  for (const { address } of site.devices) {
    if (address) t.equal((await ask(address, "x")).how, "refused", address);
  }
});

t.test("a folder that was given stays, and nothing in it", async (t) => {
  const folder = join(t.testdir(), "new", "folder");
  const site = await startSite({
    site: { devices: [{ driver: "trex" }, { driver: "nvidia" }] },
    ports: "any",
    baseAddress: "127.0.42.0",
    folder,
  });
  t.ok(site.device("nvidia-1").program?.startsWith(folder));
  await site.stop();
  t.strictSame(readdirSync(folder), []);
});

t.test("the agent's settings name each device with what it takes to read it", async (t) => {
  const site = await start(t);
  t.strictSame(
    agentDevices(site).map((device) => [device.driver, Object.keys(device)[2]]),
    [
      ["antminer", "address"],
      ["antminer", "address"],
      ["axeos", "address"],
      ["trex", "address"],
      ["nvidia", "program"],
      ["lolminer", "address"],
      ["amdgpu", "root"],
      ["xmrig", "address"],
    ],
  );
});

t.test("a site that cannot be is refused with the reason, and leaves nothing behind", async (t) => {
  const refused = (devices: unknown, why: RegExp): Promise<unknown> =>
    t.rejects(
      startSite({ site: { devices } as SiteSpec, ports: "any", baseAddress: "127.0.43.0" }),
      why,
    ) as Promise<unknown>;
  await refused([], /devices/);
  await refused([{ driver: "toaster" }], /driver/);
  await refused([{ driver: "xmrig", hashrate: "fast" }], /"fast" is not a number with one of H\/s/);
  await refused([{ driver: "xmrig", adress: "127.0.0.1" }], /adress/);
  await refused([{ driver: "xmrig", address: "10.0.0.1" }], /loopback/);
  await refused([{ driver: "xmrig", difficulty: 1e-9 }], /shares a second/);
  await refused([{ driver: "trex", algorithm: "autolykos2" }], /how many hashes/);
  await refused([{ driver: "trex", algorithm: "kawpow" }], /needs a difficulty/);
  await refused([{ driver: "axeos", gpus: 2 }], /no GPUs/);
  await refused([{ driver: "nvidia" }], /needs a miner of nvidia GPUs/);
  await refused(
    [
      { driver: "xmrig", name: "a" },
      { driver: "axeos", name: "a" },
    ],
    /two devices/,
  );
  await refused([{ driver: "trex", gpus: [{ pciBus: 4 }, { pciBus: 4 }] }], /same PCI bus/);
});

t.test("a standard port that is taken is not fought over", async (t) => {
  const one = { devices: [{ driver: "trex" as const, address: "127.0.44.1" }] };
  const first = await startSite({ site: one });
  t.after(() => first.stop());
  const second = await startSite({ site: one });
  t.after(() => second.stop());
  t.equal(addressOf(first, "trex-1"), "127.0.44.1:4067");
  t.match(addressOf(second, "trex-1"), /^127\.0\.44\.1:\d+$/);
  t.equal((await get(addressOf(second, "trex-1"), "/summary")).name, "t-rex");
});
