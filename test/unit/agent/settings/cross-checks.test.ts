import t from "tap";
import { crossFaults } from "../../../../agent/settings/cross-checks.ts";

type Written = readonly [address: string, driver?: string];

/** Paths of the faults of devices that are written so. */
const faultsOf = (...all: Written[]): string[] =>
  crossFaults({
    devices: all.map(([address, driver], i) => ({
      name: `n${i}`,
      address,
      ...(driver ? { driver } : {}),
    })),
  }).map(({ path, message }) => `${path.join(".")} ${message}`);

t.test("two entries that are read at one host and port are a fault", async (t) => {
  const twice: [Written, Written][] = [
    [
      ["10.0.0.1:4028", "antminer"],
      ["10.0.0.1:4028", "cgminer-generic"],
    ],
    [
      ["10.0.0.1", "antminer"],
      ["10.0.0.1", "antminer"],
    ],
    [["rig.lan"], ["RIG.lan"]],
    [["rig.lan:8080"], ["http://rig.lan:8080/"]],
    [
      ["https://rig.lan", "axeos"],
      ["https://rig.lan:443/", "axeos"],
    ],
    [
      ["localhost:4067", "trex"],
      ["127.0.0.1:4067", "trex"],
    ],
    [
      ["[::1]:4067", "trex"],
      ["127.0.0.1:4067", "trex"],
    ],
    [
      ["fe80::1", "trex"],
      ["[fe80:0::1]", "trex"],
    ],
  ];
  for (const [a, b] of twice)
    t.strictSame(
      faultsOf(a, b),
      ["devices.1.address is also the address of devices[0]"],
      `${a} ${b}`,
    );
});

t.test("entries of which that is not certain are none", async (t) => {
  const apart: [Written, Written][] = [
    [
      ["10.0.0.1", "antminer"],
      ["10.0.0.2", "antminer"],
    ],
    [
      ["10.0.0.1", "trex"],
      ["10.0.0.1", "xmrig"],
    ],
    [["10.0.0.1:4028"], ["10.0.0.1:4029"]],
    [["https://gw.lan:8443/one"], ["https://gw.lan:8443/two"]],
    [["127.0.0.2:4028"], ["127.0.0.1:4028"]],
    [["http://10.0.0.1"], ["https://10.0.0.1"]],
  ];
  for (const [a, b] of apart) t.strictSame(faultsOf(a, b), [], `${a} ${b}`);
  t.strictSame(
    crossFaults({
      devices: [
        { name: "a", driver: "nvidia" },
        { name: "b", driver: "nvidia" },
        null,
        3,
        { address: 5 },
      ],
    }),
    [],
    "nor is what has no address, or is no entry",
  );
});

t.test("a fingerprint is of no use to a driver that asks nothing over TLS", async (t) => {
  const device = { name: "a", address: "https://rig.lan", fingerprint: "a".repeat(64) };
  const faultsFor = (driver: string | undefined, overTls?: readonly string[]): string[] =>
    crossFaults({ devices: [{ ...device, ...(driver ? { driver } : {}) }] }, overTls).map(
      ({ path, message }) => `${path.join(".")} ${message}`,
    );
  t.strictSame(faultsFor("braiins-grpc", ["vnish"]), [
    "devices.0.fingerprint is of no use to this driver: nothing that it asks goes over TLS",
  ]);
  t.strictSame(faultsFor("vnish", ["vnish"]), []);
  t.strictSame(faultsFor(undefined, ["vnish"]), [], "who it is has yet to be found out");
  t.strictSame(faultsFor("braiins-grpc"), [], "and where the drivers are not known");
});
