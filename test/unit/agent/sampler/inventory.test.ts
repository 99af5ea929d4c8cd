import t from "tap";
import type { Report } from "../../../../agent/core/reading.ts";
import { deviceIdOf, tokensOf } from "../../../../agent/sampler/device-id.ts";
import { type Book, Inventory, type ReportingSource } from "../../../../agent/sampler/inventory.ts";
import { FakeClock, FakeLog } from "../../../support/fakes.ts";

const SALT = `0x${"5a".repeat(32)}` as const;
const ASIC: ReportingSource = {
  name: "a1",
  kind: "asic",
  make: "antminer",
  address: "127.0.10.1",
  local: true,
  unproven: false,
};
const MINER: ReportingSource = {
  name: "trex",
  kind: "gpu",
  make: "trex",
  address: "127.0.0.1:4067",
  local: true,
  unproven: false,
};
const SENSOR: ReportingSource = {
  name: "nvidia",
  kind: "gpu",
  make: "nvidia",
  address: "this host",
  local: true,
  unproven: false,
};
const HOST: ReportingSource = {
  name: "host",
  kind: "host",
  make: "host",
  address: "this host",
  local: true,
  unproven: false,
};
const CPU: ReportingSource = {
  name: "xmrig",
  kind: "host",
  make: "xmrig",
  address: "127.0.0.1:16000",
  local: true,
  unproven: true,
};

type Entries = Parameters<Book["write"]>[0][];

function make(entries: Entries = []) {
  const log = new FakeLog();
  let writes = 0;
  const book: Book = {
    read: () => entries,
    write: (entry) => {
      writes += 1;
      entries = [...entries.filter(({ place }) => place !== entry.place), entry];
    },
  };
  const options = {
    book,
    clock: new FakeClock(),
    log,
    salt: SALT,
    machineId: "m".repeat(32),
    sources: [ASIC, MINER, SENSOR, HOST, CPU],
  };
  const inventory = new Inventory(options);
  inventory.load();
  return { inventory, log, entries: () => entries, writes: () => writes };
}

const report = (key: string, identity: Report["identity"], algorithm?: string): Report => ({
  key,
  identity,
  readings: [
    { metric: "hashrate", part: "", value: 1, ...(algorithm === undefined ? {} : { algorithm }) },
  ],
  problems: [],
});
const GPU = "pci:0000:0a:00.0";

t.test("a GPU's miner and its sensors are one device, whoever speaks first", async (t) => {
  const uuid = "GPU-11112222-3333-4444-5555-666677778888";
  for (const order of [
    [MINER, SENSOR],
    [SENSOR, MINER],
  ]) {
    const { inventory } = make();
    for (let turn = 0; turn < 2; turn += 1) {
      for (const source of order)
        inventory.resolve(source, report(GPU, source === SENSOR ? { uuid, model: "RTX" } : {}));
    }
    const known = inventory.known();
    t.equal(known.length, 1);
    t.equal(
      known[0]?.device.id,
      deviceIdOf("gpu", SALT, { kind: "uuid", value: uuid.slice(4).replaceAll("-", "") }),
    );
    t.same(known[0]?.device.sources, ["nvidia", "trex"]);
  }
});

t.test("a device without any identity is known by its place, after some patience", async (t) => {
  const { inventory } = make();
  t.equal(inventory.resolve(MINER, report(GPU, {})), undefined);
  t.equal(inventory.resolve(MINER, report(GPU, {})), undefined);
  t.match(inventory.resolve(MINER, report(GPU, {}))?.id, /^gpu:[0-9a-f]{32}$/);
});

t.test(
  "a device keeps its id when a reply leaves the serial out, and over a restart",
  async (t) => {
    const { inventory, entries } = make();
    const id = inventory.resolve(
      ASIC,
      report("", { serial: "SN123", mac: "aa:bb:cc:dd:ee:ff" }, "sha256d"),
    )?.id;
    t.equal(inventory.resolve(ASIC, report("", { mac: "aa:bb:cc:dd:ee:ff" }))?.id, id);
    t.equal(inventory.resolve(ASIC, report("", {}))?.id, id);
    const later = make(entries()).inventory;
    t.same(
      later.known().map(({ device, algorithms }) => [device.id, algorithms]),
      [[id, ["sha256d"]]],
      "also while it is in outage",
    );
    t.equal(later.of("a1")[0]?.id, id);
  },
);

t.test("another device at the same place gets an id of its own and is told", async (t) => {
  const { inventory, log } = make();
  const first = inventory.resolve(ASIC, report("", { serial: "SN123" }))?.id;
  const second = inventory.resolve(ASIC, report("", { serial: "SN999" }))?.id;
  t.not(first, second);
  t.same(log.said("warn"), ["another device stands where one was known"]);
});

t.test("a CPU miner on this host and the host's sensors are one device", async (t) => {
  const { inventory } = make();
  const a = inventory.resolve(CPU, report("", {}, "randomx"))?.id;
  const b = inventory.resolve(HOST, report("", { uuid: "whatever-the-board-says" }))?.id;
  t.equal(a, b);
  t.match(a, /^host:/);
  t.equal(inventory.known()[0]?.device.unproven, true, "unproven by one of its sources");
});

t.test("problems alone make no device", async (t) => {
  const { inventory } = make();
  const empty: Report = {
    key: "",
    identity: {},
    readings: [],
    problems: [{ part: "", why: "garbled", ask: "stats" }],
  };
  for (let i = 0; i < 5; i += 1) t.equal(inventory.resolve(ASIC, empty), undefined);
  t.same(inventory.known(), []);
});

t.test("the same words again write nothing", async (t) => {
  const { inventory, writes } = make();
  for (let i = 0; i < 5; i += 1) {
    inventory.resolve(MINER, report(GPU, { uuid: "u1", model: "3080" }, "kawpow"));
    inventory.resolve(SENSOR, report(GPU, { uuid: "u1", model: "NVIDIA RTX 3080" }));
    inventory.resolve(CPU, report("", { model: "cpu" }));
    inventory.resolve(HOST, report("", { model: "board" }));
  }
  t.ok(writes() <= 6, `${writes()} writes`);
});

t.test("blank and factory serials tell no devices apart", async (t) => {
  for (const serial of [
    "",
    "0",
    "00000000",
    "N/A",
    "none",
    "Default string",
    "To be filled by O.E.M.",
    "ffffffff",
  ]) {
    t.same(tokensOf({ serial }), [], serial);
  }
  t.same(tokensOf({ mac: "AA-BB:cc dd.ee.ff" }), [{ kind: "mac", value: "aabbccddeeff" }]);
});

t.test("an id tells nothing of the serial and depends on the salt", async (t) => {
  const token = { kind: "serial" as const, value: "sn123" };
  t.not(deviceIdOf("asic", SALT, token), deviceIdOf("asic", `0x${"00".repeat(32)}`, token));
  t.notMatch(deviceIdOf("asic", SALT, token), /sn123/);
});

t.test("a device at two addresses is one, and is told", async (t) => {
  const { inventory } = make();
  const second = { ...ASIC, name: "a2", address: "10.0.0.99" };
  inventory.resolve(ASIC, report("", { serial: "SN123" }));
  t.same(inventory.twins(), []);
  inventory.resolve(second, report("", { serial: "SN123" }));
  t.same(
    inventory.twins().map(({ places }) => places),
    [["source a1", "source a2"]],
  );
  t.equal(inventory.known().length, 1);
});

t.test("another part of a device's identity is told once, another firmware is not", async (t) => {
  const { inventory, log } = make();
  const who = { serial: "SN123", mac: "02:00:5e:00:00:01", firmware: "1", pool: "a" };
  const id = inventory.resolve(ASIC, report("", who))?.id ?? "";
  inventory.resolve(ASIC, report("", { ...who, firmware: "2", pool: "b" }));
  inventory.resolve(ASIC, report("", { serial: "SN123" }));
  t.equal(inventory.hasChanged(id), false);
  t.equal(inventory.resolve(ASIC, report("", { ...who, mac: "02:00:5e:00:00:02" }))?.id, id);
  t.equal(inventory.hasChanged(id), true);
  t.equal(inventory.hasChanged(id), false, "once");
  t.ok(log.said("warn").includes("a part of a device's identity changed"));
});

const [MAC, OTHER_MAC] = ["e0:e1:a9:00:10:01", "e0:e1:a9:00:20:02"];

t.test("a device with another MAC and without the serial is another one", async (t) => {
  const { inventory } = make();
  const first = inventory.resolve(ASIC, report("", { serial: "SN123", mac: MAC, model: "S19" }));
  const second = inventory.resolve(ASIC, report("", { mac: OTHER_MAC, model: "S21" }));
  t.not(second?.id, first?.id);
  t.strictSame(second?.identity, { mac: OTHER_MAC, model: "S21" }, "nothing of the one before");
  t.equal(inventory.resolve(ASIC, report("", { mac: OTHER_MAC }))?.id, second?.id);
  const back = inventory.resolve(ASIC, report("", { serial: "SN123", mac: MAC, model: "S19" }));
  t.equal(back?.id, first?.id, "the first one is itself when it is back");
});

t.test("another model is doubted as long as nothing tells that it is the device", async (t) => {
  const { inventory, entries, log } = make();
  const id = inventory.resolve(ASIC, report("", { serial: "SN123", model: "S19" }))?.id ?? "";
  const says = (one: Inventory, identity: Report["identity"]): boolean => {
    t.equal(one.resolve(ASIC, report("", identity))?.id, id);
    return one.hasChanged(id);
  };
  for (let n = 0; n < 3; n += 1) t.equal(says(inventory, { model: "S21" }), true, `${n}`);
  t.equal(log.said("warn").length, 1, "the log says it once");
  t.equal(says(make(entries()).inventory, { model: "S21" }), true, "also over a restart");
  t.equal(says(inventory, { serial: "SN123", model: "S19" }), false);
  t.equal(inventory.known()[0]?.device.identity.model, "S19");
});

t.test("a model that is spelt by turns has not changed", async (t) => {
  for (const [confirmed, other] of [
    [{ mac: MAC }, { mac: MAC }],
    [{ serial: "SN123", mac: MAC }, { mac: MAC }],
    [{ serial: "SN123" }, {}],
  ] as const) {
    const { inventory } = make();
    const changes = Array.from({ length: 8 }, (_, n) => {
      const who =
        n % 2 === 0 ? { ...confirmed, model: "S19" } : { ...other, model: "Antminer S19" };
      const id = inventory.resolve(ASIC, report("", who))?.id ?? "";
      return inventory.hasChanged(id);
    });
    t.strictSame(changes, [false, true, false, false, false, false, false, false]);
  }
});

t.test("a host is itself whatever its board and its interfaces say", async (t) => {
  const { inventory } = make();
  const id = inventory.resolve(HOST, report("", { uuid: "11112222-aaaa", mac: MAC }))?.id;
  t.equal(inventory.resolve(HOST, report("", { mac: OTHER_MAC }))?.id, id);
});

t.test("what has no identity and stands at one place is one device, by two sources", async (t) => {
  const { inventory } = make();
  const [a, b] = ["a1", "a2"].map((name) => ({ ...ASIC, name, address: "10.0.0.1:4028" }));
  for (let n = 0; n < 3; n += 1)
    for (const source of [a, b]) inventory.resolve(source as ReportingSource, report("", {}));
  t.equal(inventory.known().length, 1);
  t.equal(inventory.twins().length, 1, "and it is told");
});
