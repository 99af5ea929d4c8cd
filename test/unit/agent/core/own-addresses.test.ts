import { networkInterfaces } from "node:os";
import t from "tap";
import { isThisHost, ownAddresses, plainHost } from "../../../../agent/core/own-addresses.ts";

t.test("one host has one spelling", async (t) => {
  for (const [written, plain] of [
    ["[FE80::1%eth0]", "fe80::1"],
    ["::ffff:10.0.0.9", "10.0.0.9"],
    ["::ffff:0a00:9", "10.0.0.9"],
    ["fd00:0:0:0::5", "fd00::5"],
    ["not:an:address", "not:an:address"],
    ["Rig7.Example", "rig7.example"],
    ["10.0.0.9", "10.0.0.9"],
  ] as const)
    t.equal(plainHost(written), plain);
});

t.test("this host is loopback and the addresses of its interfaces", async (t) => {
  const own = ownAddresses();
  for (const { address } of Object.values(networkInterfaces()).flatMap((all) => all ?? []))
    t.ok(isThisHost(address), address);
  t.ok(own.has("127.0.0.1"));
  const known = new Set(["192.0.2.7"]);
  for (const host of ["localhost", "127.4.4.4", "[::1]", "192.0.2.7", "::ffff:192.0.2.7"])
    t.ok(isThisHost(host, known), host);
  for (const host of ["192.0.2.8", "rig7.example"]) t.notOk(isThisHost(host, known), host);
});
