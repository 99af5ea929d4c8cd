import t from "tap";
import { devicesOf, foundLines } from "../../../../agent/commands/discover-text.ts";
import type { Identity, Report } from "../../../../agent/core/reading.ts";
import type { Driver } from "../../../../agent/drivers/driver.ts";
import { DRIVERS } from "../../../../agent/drivers/registry.ts";

const driverOf = (name: string): Driver => DRIVERS.find((driver) => driver.name === name) as Driver;
const whole = (identity: Identity): Report => ({
  key: "",
  identity: { make: "Bitmain", model: "Antminer S19", ...identity },
  readings: [{ metric: "hashrate", part: "", value: 95e12, algorithm: "sha256d" }],
  problems: [],
});
const gpu = (bus: number, identity: Identity): Report => ({
  ...{ key: `pci:0000:0${bus}:00.0`, identity, readings: [], problems: [] },
});
const found = (address: string, serial?: string, driver = "antminer") => ({
  address,
  driver: driverOf(driver),
  reports: [whole(serial === undefined ? {} : { serial })],
});
const rig = (address: string, driver: string, ...uuids: string[]) => ({
  address,
  driver: driverOf(driver),
  reports: uuids.map((uuid, bus) => gpu(bus, { uuid })),
});
const twins = (...all: ReturnType<typeof found>[]) =>
  devicesOf(all).map(({ address, same_as }) => [address, same_as]);

t.test("two addresses of one device are one device, and the second says so", async (t) => {
  const devices = devicesOf([
    found("10.0.0.10", "SN-1"),
    found("10.0.0.9", "SN-1"),
    found("10.0.0.8"),
    found("10.0.0.7"),
  ]);
  t.strictSame(
    devices.map(({ address, same_as }) => [address, same_as]),
    [
      ["10.0.0.7", undefined],
      ["10.0.0.8", undefined],
      ["10.0.0.9", undefined],
      ["10.0.0.10", "10.0.0.9"],
    ],
    "in the order of addresses as numbers; without a serial nothing is the same",
  );
  const text = foundLines(devices).join("\n");
  t.match(
    text,
    /10\.0\.0\.10\s+antminer\s+Bitmain Antminer S19\s+95 TH\/s sha256d\s+serial sn1\s+the same device as 10\.0\.0\.9/,
  );
  t.match(foundLines([]), ["No device was found."]);
});

t.test("a mining program at two addresses is known by the GPUs that it has", async (t) => {
  t.strictSame(
    twins(rig("10.0.0.4", "trex", "GPU-a1", "GPU-b2"), rig("10.0.0.3", "trex", "GPU-b2")),
    [
      ["10.0.0.3", undefined],
      ["10.0.0.4", "10.0.0.3"],
    ],
  );
  const apart: [string, ReturnType<typeof rig>][] = [
    ["other cards", rig("10.0.0.4", "trex", "GPU-c3")],
    ["another program", rig("10.0.0.4", "excavator", "GPU-a1")],
    ["a second run on the host", rig("10.0.0.3:4069", "trex", "GPU-a1")],
    ["the cards' own sensors", rig("local", "nvidia", "GPU-a1")],
    ["cards that say nothing", rig("10.0.0.4", "trex", "")],
  ];
  for (const [what, other] of apart)
    t.strictSame(
      twins(rig("10.0.0.3", "trex", "GPU-a1"), other).map(([, same]) => same),
      [undefined, undefined],
      what,
    );
});

t.test("what decides is the first fact that both tell", async (t) => {
  const both = (address: string, serial: string | undefined, mac: string) => ({
    ...{ address, driver: driverOf("antminer") },
    reports: [whole({ mac, ...(serial === undefined ? {} : { serial }) })],
  });
  const [a, b] = ["C0:FF:EE:12:34:56", "C0:FF:EE:12:34:57"];
  t.strictSame(twins(both("10.0.0.1", "SN-1", a), both("10.0.0.2", undefined, a)), [
    ["10.0.0.1", undefined],
    ["10.0.0.2", "10.0.0.1"],
  ]);
  t.equal(twins(both("10.0.0.1", "SN-1", a), both("10.0.0.2", "SN-2", a))[1]?.[1], undefined);
  t.equal(twins(both("10.0.0.1", "SN-1", a), both("10.0.0.2", "SN-1", b))[1]?.[1], "10.0.0.1");
});

t.test("an address that was looked at twice is one line", async (t) => {
  t.equal(devicesOf([found("10.0.0.1", "SN-1"), found("10.0.0.1", "SN-1")]).length, 1);
});
