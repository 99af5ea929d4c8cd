import fc from "fast-check";
import t from "tap";
import {
  addressesOf,
  countOf,
  parseTarget,
} from "../../../../../agent/drivers/discovery/targets.ts";

const all = (...words: string[]): string[] => [...addressesOf(words.map(parseTarget))];

t.test("a network is all its hosts, without its own and its broadcast address", async (t) => {
  const hosts = all("192.168.1.77/24");
  t.equal(hosts.length, 254);
  t.strictSame([hosts[0], hosts.at(-1)], ["192.168.1.1", "192.168.1.254"]);
  t.strictSame(all("10.0.0.8/30"), ["10.0.0.9", "10.0.0.10"]);
  t.strictSame(all("10.0.0.8/31"), ["10.0.0.8", "10.0.0.9"]);
  t.strictSame(all("10.0.0.8/32"), ["10.0.0.8"]);
  t.equal(countOf([parseTarget("10.0.0.0/12")]), (1 << 20) - 2);
});

t.test("ranges, addresses and names are targets too", async (t) => {
  t.strictSame(all("192.168.1.9-11", "rig-1.site.example", "::1", "10.1.2.3"), [
    ...["192.168.1.9", "192.168.1.10", "192.168.1.11"],
    ...["rig-1.site.example", "::1", "10.1.2.3"],
  ]);
});

t.test("what is no target says so", async (t) => {
  for (const word of [
    ...["", "10.0.0.0/33", "10.0.0.0/11", "0.0.0.0/0", "10.0.0.256/24", "10.0.0.0/", "1.2.3"],
    ...["10.0.0.9-3", "10.0.0.9-300", "a b", "-x", "http://x/", "10.0.0.1:80", "x".repeat(300)],
  ])
    t.throws(() => parseTarget(word), { code: "command-invalid" }, word);
});

t.test("any word is a target or a command-invalid", async (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.ipV4(),
        fc.tuple(fc.ipV4(), fc.nat(40)).map((p) => p.join("/")),
      ),
      (word) => {
        try {
          return countOf([parseTarget(word)]) > 0;
        } catch (thrown) {
          return (thrown as { code?: string }).code === "command-invalid";
        }
      },
    ),
  );
  t.pass("tame");
});
