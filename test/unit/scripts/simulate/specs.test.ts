import t from "tap";
import { siteFromFile } from "../../../../scripts/simulate/site-file.ts";
import { devicesOf } from "../../../../scripts/simulate/site-profiles.ts";
import { SPEAKERS } from "../../../../scripts/simulate/speakers.ts";
import { devicesFrom, siteSpec } from "../../../../scripts/simulate/specs.ts";

t.test("a short list becomes devices", async (t) => {
  t.strictSame(devicesFrom("antminer:2, trex:1x12,nvidia"), [
    { driver: "antminer" },
    { driver: "antminer" },
    { driver: "trex", gpus: 12 },
    { driver: "nvidia" },
  ]);
  t.equal(devicesFrom().length, 8, "the typical site");
  for (const wrong of [
    "",
    "toaster",
    "trex:",
    "trex:x4",
    "trex:1x",
    "antminer:-1",
    "antminer:2,",
  ]) {
    t.throws(() => devicesFrom(wrong), /is not a device/, wrong);
  }
});

t.test("a mixed site has every family and at least sixty devices", async (t) => {
  const drivers = devicesOf("mixed").map(({ driver }) => driver);
  t.strictSame(
    SPEAKERS.map(({ name }) => name).filter((name) => !drivers.includes(name)),
    [],
  );
  t.ok(drivers.length >= 62, `${drivers.length} with the sensors`);
  t.ok(siteSpec.safeParse({ devices: devicesOf("mixed") }).success);
  t.equal(devicesOf("typical").length, 8);
  t.throws(() => devicesOf("toString"), /not one of typical, mixed/);
});

t.test("a site has at most two thousand devices", async (t) => {
  const devices = Array.from({ length: 2000 }, () => ({ driver: "axeos" }));
  t.ok(siteSpec.safeParse({ devices }).success);
  t.notOk(siteSpec.safeParse({ devices: [...devices, { driver: "axeos" }] }).success);
  t.equal(devicesFrom("antminer:1500").length, 1500);
});

t.test("quantities carry their units", async (t) => {
  const written = {
    driver: "xmrig",
    hashrate: "15.4 kH/s",
    power: "140W",
    warmUp: "1.5m",
    age: "2h",
  };
  const [device] = siteSpec.parse({ devices: [written] }).devices;
  t.strictSame(
    [device?.hashrate, device?.power, device?.warmUp, device?.age],
    [15_400, 140, 90_000, 7_200_000],
  );
  for (const wrong of ["15", "-1 s", "1 min", "1e3s", ""]) {
    t.notOk(siteSpec.safeParse({ devices: [{ driver: "xmrig", age: wrong }] }).success, wrong);
  }
});

t.test("a site file is read, and all its faults are told at once", async (t) => {
  const folder = t.testdir({
    "good.yaml": "seed: 4\ndevices:\n  - { driver: antminer, hashrate: 104 TH/s }\n",
    "bad.yaml": "devices:\n  - { driver: fridge }\n  - { driver: axeos, noise: 3, colour: red }\n",
  });
  t.strictSame(siteFromFile(`${folder}/good.yaml`), {
    seed: 4,
    devices: [{ driver: "antminer", hashrate: "104 TH/s" }],
  });
  t.throws(
    () => siteFromFile(`${folder}/bad.yaml`),
    /driver[\s\S]*noise[\s\S]*colour|colour[\s\S]*noise/,
  );
  t.throws(() => siteFromFile(`${folder}/none.yaml`), { code: "ENOENT" });
});
