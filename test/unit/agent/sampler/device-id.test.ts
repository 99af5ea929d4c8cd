import t from "tap";
import { tokensOf } from "../../../../agent/sampler/device-id.ts";

const macs = (mac: string): readonly string[] => tokensOf({ mac }).map(({ value }) => value);

t.test("words in place of a serial tell no devices apart", async (t) => {
  for (const words of [
    "no miner id now",
    "no serial number 2",
    "not available",
    "REDACTED-ID",
    "unknown",
    "n/a",
    "serial",
    "Default string 7",
    "To be filled by O.E.M.",
    "1234567890",
    "11111111",
    "xxxx-xxxx",
    "???",
    "7",
  ])
    for (const kind of ["serial", "uuid"] as const)
      t.same(tokensOf({ [kind]: words }), [], `${kind} ${words}`);
});

t.test("a serial with a digit in it is one, whatever it is made of", async (t) => {
  for (const [serial, value] of [
    ["JYZZB0UBDJABF06RB", "jyzzb0ubdjabf06rb"],
    ["N0123", "n0123"],
    ["70A1-C0FF-EE10-481C", "70a1c0ffee10481c"],
    ["NO-1042", "no1042"],
  ] as const)
    t.same(tokensOf({ serial }), [{ kind: "serial", value }], serial);
});

t.test("a hardware address that many devices have tells none of them apart", async (t) => {
  for (const mac of [
    "00:00:00:00:00:00",
    "ff:ff:ff:ff:ff:ff",
    "22:22:22:22:22:22",
    "00:0a:35:00:00:00",
    "00:0A:35:00:00:1E",
    "01:00:5e:00:00:fb",
    "33:33:00:00:00:01",
    "1c:2a:a3:00:00:00",
    "02:42:ac:11:00:02",
    "02:42:ac:1e:00:02",
    "02:42:c0:a8:10:02",
    "02:42:0a:00:01:05",
    "12:34:56:78:90:12",
  ])
    t.same(macs(mac), [], mac);
});

t.test("what has not the length of a hardware address is none", async (t) => {
  for (const mac of ["", "a0:b0:45", "a0:b0:45:21:5b:f0:11", "unknown", "a0:b0:45:21:5b:gg"])
    t.same(macs(mac), [], mac);
});

t.test("a hardware address is one thing however it is written", async (t) => {
  for (const mac of ["A0:B0:45:21:5B:F0", "a0-b0-45-21-5b-f0", "a0b045215bf0", "a0b0.4521.5bf0"])
    t.same(macs(mac), ["a0b045215bf0"], mac);
  for (const [mac, value] of [
    ["00:0a:35:01:00:1e", "000a3501001e"],
    ["aa:bb:cc:dd:ee:fc", "aabbccddeefc"],
    ["02:42:11:ac:00:02", "024211ac0002"],
    ["1c:2a:a3:00:00:01", "1c2aa3000001"],
    ["02:00:5e:00:53:01", "02005e005301"],
  ] as const)
    t.same(macs(mac), [value], mac);
});

t.test("the best of several facts comes first, without those that are none", async (t) => {
  const identity = { mac: "a0:b0:45:21:5b:f0", uuid: "GPU-8f01", serial: "no serial" };
  t.same(
    tokensOf(identity).map(({ kind, value }) => [kind, value]),
    [
      ["uuid", "8f01"],
      ["mac", "a0b045215bf0"],
    ],
  );
});
