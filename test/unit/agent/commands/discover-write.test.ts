import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type Device, devicesOf, foundLines } from "../../../../agent/commands/discover-text.ts";
import { writeFound } from "../../../../agent/commands/discover-write.ts";
import type { Report } from "../../../../agent/core/reading.ts";
import type { Driver } from "../../../../agent/drivers/driver.ts";
import { DRIVERS } from "../../../../agent/drivers/registry.ts";
import { DeviceBook } from "../../../../agent/store/device-book.ts";
import { openDatabase } from "../../../../agent/store/open.ts";

const driverOf = (name: string): Driver => DRIVERS.find((driver) => driver.name === name) as Driver;
const report = (serial: string | undefined, rate = 95e12): Report => ({
  key: "",
  identity: { make: "Bitmain", model: "Antminer S19", ...(serial ? { serial } : {}) },
  readings: [{ metric: "hashrate", part: "", value: rate, algorithm: "sha256d" }],
  problems: [],
});
const found = (address: string, serial?: string, driver = "antminer") => ({
  address,
  driver: driverOf(driver),
  reports: [report(serial)],
});

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

const SETTINGS = `# mine
state: state
key: { file: key.json, passphrase_file: key.passphrase }
coordinator: { address: "0x${"0".repeat(39)}1", chain_id: 1, salt: "0x${"0".repeat(64)}" }
devices:
  - name: loud # next to the door
    driver: antminer
    address: 10.0.0.5
`;

function installed(t: Test): string {
  const folder = t.testdir();
  const file = join(folder, "agent.yaml");
  writeFileSync(file, SETTINGS, { mode: 0o640 });
  mkdirSync(join(folder, "state"));
  const db = openDatabase(join(folder, "state"));
  new DeviceBook(db).write(
    {
      place: "source loud",
      ...{ tokenKind: "serial", token: "sn1", algorithms: [] },
      device: {
        ...{ id: `asic:${"1".repeat(32)}`, kind: "asic", label: "loud", sources: ["loud"] },
        ...{ identity: {}, unproven: false },
      },
    },
    0,
  );
  db.close();
  return file;
}
const devices = (...all: ReturnType<typeof found>[]): Device[] => devicesOf(all);

t.test("what was found is added, and what moved keeps its name", async (t) => {
  const file = installed(t);
  const written = writeFound(
    file,
    devices(found("10.0.0.77", "SN-1"), found("10.0.0.8", "SN-2"), found("10.0.0.9", "SN-2")),
  );
  t.strictSame(written, { added: ["antminer-1"], moved: ["loud"], kept: [] });
  const text = readFileSync(file, "utf8");
  t.match(text, "- name: loud # next to the door\n    driver: antminer\n    address: 10.0.0.77\n");
  t.match(text, "- name: antminer-1\n    driver: antminer\n    address: 10.0.0.8\n");
  t.notMatch(text, "10.0.0.9", "its second address is not written");
  t.equal(readFileSync(`${file}.before-discover`, "utf8"), SETTINGS);
  t.equal(statSync(file).mode & 0o777, 0o640);
  t.strictSame(
    writeFound(file, devices(found("10.0.0.77", "SN-1"), found("10.0.0.8", "SN-2"))),
    { added: [], moved: [], kept: ["antminer-1", "loud"] },
    "a second time there is nothing to do",
  );
});

t.test("a device that still answers where it was has not moved", async (t) => {
  const file = installed(t);
  const written = writeFound(file, devices(found("10.0.0.5", "SN-9"), found("10.0.0.6", "SN-1")));
  t.strictSame(written, { added: ["antminer-1"], moved: [], kept: ["loud"] });
});

t.test("a settings file that is faulty, or not there, is left as it is", async (t) => {
  const file = installed(t);
  writeFileSync(file, `${SETTINGS}nonsense: 1\n`);
  t.throws(() => writeFound(file, devices(found("10.0.0.8", "SN-2"))));
  t.equal(readFileSync(file, "utf8"), `${SETTINGS}nonsense: 1\n`);
  t.notOk(existsSync(`${file}.before-discover`));
  t.throws(() => writeFound(join(t.testdir(), "none.yaml"), []), { code: "settings-unreadable" });
});
