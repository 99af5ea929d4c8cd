import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Fault } from "../../../../scripts/simulate/faults.ts";
import { type Site, startSite } from "../../../../scripts/simulate/site.ts";
import { ask, command, get, type Heard, parsed } from "./asking.ts";

let nth = 0;
async function start(t: { after(callback: () => Promise<void>): void }): Promise<Site> {
  nth += 1;
  const site = await startSite({
    site: {
      devices: [
        { driver: "antminer", age: "1m" },
        { driver: "axeos", age: "1m" },
        { driver: "trex" },
        { driver: "nvidia" },
        { driver: "lolminer" },
        { driver: "amdgpu" },
      ],
    },
    ports: "any",
    baseAddress: `127.0.50.${nth * 10}`,
    refreshMs: 0,
  });
  t.after(() => site.stop());
  return site;
}

const INFO = "GET /api/system/info HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
type Asking = (site: Site, patienceMs: number) => Promise<Heard>;
const ASKING: Readonly<Record<string, Asking>> = {
  "antminer-1": (site, patienceMs) =>
    command(site.device("antminer-1").address ?? "", "stats", patienceMs),
  "axeos-1": (site, patienceMs) => ask(site.device("axeos-1").address ?? "", INFO, patienceMs),
};

for (const [name, asking] of Object.entries(ASKING)) {
  const spoilt = async (
    t: { after(callback: () => Promise<void>): void },
    fault: Fault,
    patienceMs = 300,
  ): Promise<{ heard: Heard; whole: Buffer; site: Site }> => {
    const site = await start(t);
    const { bytes: whole } = await asking(site, 3000);
    await site.setFault(name, fault);
    return { heard: await asking(site, patienceMs), whole, site };
  };

  t.test(`${name}: garbage is bytes that mean nothing`, async (t) => {
    const { heard } = await spoilt(t, "garbage", 3000);
    const body = heard.bytes.subarray(Math.max(0, heard.bytes.indexOf("\r\n\r\n")));
    t.ok(body.length > 500 && body.some((byte) => byte > 0x7f), `${body.length} bytes`);
    t.throws(() => JSON.parse(body.toString()));
  });

  t.test(`${name}: half is the first part of a reply, broken off`, async (t) => {
    const { heard, whole } = await spoilt(t, "half", 3000);
    t.ok(heard.bytes.length < whole.length && heard.bytes.length > 100, `${heard.bytes.length}`);
    t.not(heard.how, "waiting");
    t.notOk(heard.bytes.includes(0), "no NUL at its end");
  });

  t.test(`${name}: huge is a hundred million bytes`, { timeout: 60_000 }, async (t) => {
    const { heard } = await spoilt(t, "huge", 50_000);
    t.equal(heard.how, "end");
    t.ok(heard.bytes.length >= 100_000_000, `${heard.bytes.length}`);
  });

  t.test(`${name}: huge ends with its reader`, async (t) => {
    const { site } = await spoilt(t, "silent");
    await site.setFault(name, "huge");
    const address = site.device(name).address ?? "";
    const question = name === "axeos-1" ? INFO : '{"command":"stats"}';
    const heard = await ask(address, question, 3000, 1_000_000);
    t.ok(heard.bytes.length < 20_000_000, `${heard.bytes.length}`);
    await site.setFault(name, undefined);
    t.ok((await asking(site, 3000)).bytes.length > 500, "and the device lives on");
  });

  t.test(`${name}: silent takes the question and says nothing`, async (t) => {
    const { heard } = await spoilt(t, "silent");
    t.strictSame([heard.how, heard.bytes.length], ["waiting", 0]);
  });

  t.test(`${name}: refuse means that nobody listens, until it is well again`, async (t) => {
    const { heard, site, whole } = await spoilt(t, "refuse");
    t.equal(heard.how, "refused");
    await site.setFault(name, undefined);
    t.ok((await asking(site, 3000)).bytes.length > whole.length / 2, "at the same address");
  });

  t.test(`${name}: slow sends a few bytes a second`, async (t) => {
    const { heard, whole } = await spoilt(t, "slow", 1200);
    t.equal(heard.how, "waiting");
    t.ok(heard.bytes.length > 0 && heard.bytes.length < whole.length, `${heard.bytes.length}`);
  });
}

t.test(
  "a redirect points elsewhere on the same device, and the log tells who followed it",
  async (t) => {
    const site = await start(t);
    const { address } = site.device("axeos-1");
    await site.setFault("axeos-1", "redirect");
    const url = `http://${address}/api/system/info`;
    const response = await fetch(url, { redirect: "manual" });
    t.equal(response.status, 302);
    t.equal(response.headers.get("location"), "/moved/api/system/info");
    t.equal(site.device("axeos-1").log.length, 0);
    t.equal((await get(address, "/api/system/info")).ASICModel, "BM1370");
    t.strictSame(
      site.device("axeos-1").log.map((entry) => entry.fault),
      ["redirect"],
    );
    t.equal((await fetch(url, { method: "POST", redirect: "manual" })).status, 405);
  },
);

t.test("one device's fault is no other's", async (t) => {
  const site = await start(t);
  await site.setFault("axeos-1", "refuse");
  t.ok(parsed(await command(site.device("antminer-1").address ?? "", "stats")).STATS);
});

t.test("spoilt sensor files are spoilt in place", async (t) => {
  const site = await start(t);
  const card = join(site.device("amdgpu-1").root ?? "", "class/drm/card1/device");
  const hwmon = join(card, "hwmon/hwmon3");
  const whole = readdirSync(hwmon).length;
  await site.setFault("amdgpu-1", "garbage");
  t.notOk(Number.isFinite(Number(readFileSync(join(hwmon, "temp1_input"), "utf8"))));
  await site.setFault("amdgpu-1", "half");
  t.ok(readdirSync(hwmon).length < whole, "some are missing");
  await site.setFault("amdgpu-1", "refuse");
  t.throws(() => readdirSync(card), { code: "ENOENT" });
  await site.setFault("amdgpu-1", undefined);
  t.equal(readdirSync(hwmon).length, whole);
});

t.test(
  "a fault that cannot be acted out, and a device that is not there, are refused",
  async (t) => {
    const site = await start(t);
    await t.rejects(site.setFault("antminer-1", "redirect"), /antminer-1 cannot act out redirect/);
    await t.rejects(site.setFault("amdgpu-1", "silent"), /it can: garbage, half, refuse/);
    await t.rejects(site.setFault("antminer-9", "half"), /there is no antminer-9/);
  },
);
