import { networkInterfaces } from "node:os";
import t from "tap";
import { changesOf, type Looked } from "../../../../agent/commands/discover-changes.ts";
import type { Device } from "../../../../agent/commands/discover-text.ts";
import { RigError } from "../../../../agent/core/errors.ts";
import { parseTarget } from "../../../../agent/drivers/discovery/targets.ts";

const LOOKED: Looked = { targets: [parseTarget("10.0.0.0/24")], unread: [] };
const found = (address: string, more: Partial<Device> = {}): Device => ({
  ...{ address, driver: "antminer", hashrate: {}, gpus: 0, unproven: false },
  ...more,
});
/** An entry that is called `old`, and read by a driver at an address. */
const old = (address: string, driver = "antminer") => ({
  ...{ name: "old", driver, address, intervalMs: 1000, timeoutMs: 1000 },
});
/** What comes of finds beside one entry; the device with a serial number was read as `old` before. */
const changes = (
  entry: ReturnType<typeof old>,
  devices: readonly Device[],
  looked: Looked = LOOKED,
) => changesOf(devices, [entry], looked, ({ known_by }) => (known_by ? ["old"] : []));
const serial = { known_by: { kind: "serial", value: "sn1" } };

t.test("an address is the same however its port and host are spelled", async (t) => {
  const own = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
  const same: [configured: string, driver: string, address: string, by: string][] = [
    ["10.0.0.1:4028", "antminer", "10.0.0.1", "antminer"],
    ["10.0.0.1", "antminer", "10.0.0.1:4028", "antminer"],
    ["http://10.0.0.1/", "antminer", "10.0.0.1", "antminer"],
    ["http://10.0.0.1:80", "axeos", "10.0.0.1", "axeos"],
    ["127.0.0.1", "trex", "127.0.0.1:4067", "trex"],
    ["localhost", "trex", "127.0.0.1:4067", "trex"],
    ["10.0.0.1", "auto", "10.0.0.1:44444", "lolminer"],
    ["http://10.0.0.1/", "braiins-rest", "10.0.0.1", "braiins"],
    ["RIG.lan", "trex", "rig.lan", "trex"],
    ...(own === undefined
      ? []
      : [[`${own}:4067`, "trex", "127.0.0.1:4067", "trex"] as [string, string, string, string]]),
  ];
  for (const [configured, driver, address, by] of same) {
    const { added, kept } = changes(old(configured, driver), [found(address, { driver: by })]);
    t.strictSame([added, kept], [[], ["old"]], `${configured} ${address}`);
  }
});

t.test("another port or program of a host is another source", async (t) => {
  const other: [configured: string, driver: string, address: string, by: string][] = [
    ["10.0.0.1", "trex", "10.0.0.1", "lolminer"],
    ["10.0.0.1:4029", "antminer", "10.0.0.1", "antminer"],
    ["127.0.0.2:4067", "trex", "127.0.0.1:4067", "trex"],
  ];
  for (const [configured, driver, address, by] of other)
    t.equal(
      changes(old(configured, driver), [found(address, { driver: by })]).added.length,
      1,
      `${configured} ${address}`,
    );
});

t.test("an entry without a driver reads the first of a host's programs, and no more", async (t) => {
  const { added, kept } = changes(old("10.0.0.1", "auto"), [
    found("10.0.0.1", { driver: "trex" }),
    found("10.0.0.1:4028", { driver: "sgminer" }),
  ]);
  t.equal(kept.length, 1);
  t.equal(added.length, 1);
});

t.test("a device at two addresses of which one is configured is there already", async (t) => {
  const { added, moved, kept } = changes(old("10.0.0.9"), [
    found("10.0.0.3", serial),
    found("10.0.0.9", { ...serial, same_as: "10.0.0.3" }),
  ]);
  t.strictSame([added, moved, kept], [[], [], ["old"]]);
});

t.test("one address that was found twice is one device", async (t) => {
  const twice = [
    found("10.0.0.3"),
    found("10.0.0.3:4028"),
    found("10.0.0.3", { driver: "cgminer-generic" }),
  ];
  t.equal(changes(old("10.0.0.9"), twice).added.length, 1);
});

t.test("a device has moved where its old address was looked at and nothing was met", async (t) => {
  t.strictSame(changes(old("10.0.0.9"), [found("10.0.0.3", serial)]), {
    ...{ added: [], kept: [], left: [] },
    moved: [{ name: "old", address: "10.0.0.3" }],
  });
  const elsewhere: Looked = {
    targets: [parseTarget("10.0.1.7"), parseTarget("10.0.0.0/29")],
    unread: [],
  };
  const answering: Looked = {
    ...LOOKED,
    unread: [{ address: "10.0.0.9:80", error: new RigError("driver-auth", "wants a login") }],
  };
  const doubtful: [address: string, looked: Looked, why: RegExp][] = [
    ["10.0.0.9", elsewhere, /old.*10\.0\.0\.9 is no address that was looked at/],
    ["s19.farm.lan:4028", LOOKED, /is no address that was looked at/],
    ["10.0.0.9:14028", LOOKED, /port 14028/],
    ["10.0.0.9", answering, /answers/],
  ];
  for (const [address, looked, why] of doubtful) {
    const { added, moved, kept, left } = changes(old(address), [found("10.0.1.7", serial)], looked);
    t.strictSame([added, moved, kept], [[], [], []], address);
    t.match(left, [{ address: "10.0.1.7", why }], address);
  }
});

t.test("a device that another stands in the place of is added beside it", async (t) => {
  const { added, moved, kept } = changes(old("10.0.0.5"), [
    found("10.0.0.5"),
    found("10.0.0.6", serial),
  ]);
  t.strictSame(
    [added, moved, kept],
    [[{ name: "antminer-1", driver: "antminer", address: "10.0.0.6" }], [], ["old"]],
  );
});

t.test("a moved entry keeps the manner in which its address is written", async (t) => {
  const after = (address: string, driver: string, to: Device) =>
    changes(old(address, driver), [to]).moved[0]?.address;
  t.equal(
    after("http://10.0.0.9/", "axeos", found("10.0.0.3", { ...serial, driver: "axeos" })),
    "http://10.0.0.3/",
  );
  t.equal(
    after("http://10.0.0.9", "axeos", found("10.0.0.3", { ...serial, driver: "axeos" })),
    "http://10.0.0.3",
  );
  t.equal(
    after("10.0.0.9:80", "braiins-rest", found("10.0.0.3", { ...serial, driver: "braiins" })),
    "10.0.0.3:80",
  );
  t.equal(
    after("10.0.0.9", "auto", found("10.0.0.3:8359", { ...serial, driver: "blackminer" })),
    "10.0.0.3:8359",
  );
});

t.test("what is on this host has no entry", async (t) => {
  const { added } = changes(old("10.0.0.9"), [found("local", { driver: "nvidia" })]);
  t.strictSame(added, []);
});
