import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { Looked } from "../../../../agent/commands/discover-changes.ts";
import type { Device } from "../../../../agent/commands/discover-text.ts";
import { writeFound } from "../../../../agent/commands/discover-write.ts";
import { parseTarget } from "../../../../agent/drivers/discovery/targets.ts";
import { loadSettings, MAX_SETTINGS_BYTES } from "../../../../agent/settings/load.ts";
import { DeviceBook } from "../../../../agent/store/device-book.ts";
import { openDatabase } from "../../../../agent/store/open.ts";

const isRoot = process.getuid?.() === 0;
const LOOKED: Looked = { targets: [parseTarget("10.0.0.0/24")], unread: [] };
const device = (address: string, serial?: string): Device => ({
  ...{ address, driver: "antminer", hashrate: {}, gpus: 0, unproven: false },
  ...(serial === undefined ? {} : { known_by: { kind: "serial", value: serial } }),
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

/** A settings file whose agent has read the serial number `sn1` as `loud`. */
function installed(t: Test, text = SETTINGS): string {
  const folder = t.testdir();
  const file = join(folder, "agent.yaml");
  writeFileSync(file, text, { mode: 0o640 });
  mkdirSync(join(folder, "state"));
  const db = openDatabase(join(folder, "state"));
  new DeviceBook(db).write(
    {
      place: "source loud",
      ...{ tokenKind: "mac", token: "0a0000000001", algorithms: [] },
      device: {
        ...{ id: `asic:${"1".repeat(32)}`, kind: "asic", label: "loud", sources: ["loud"] },
        ...{ identity: { serial: "SN-1" }, unproven: false },
      },
    },
    0,
  );
  db.close();
  return file;
}

t.test("what was found is added, and what moved keeps its name", async (t) => {
  const file = installed(t);
  const { backup, ...written } = writeFound(
    file,
    [
      device("10.0.0.8", "sn2"),
      { ...device("10.0.0.9", "sn2"), same_as: "10.0.0.8" },
      device("10.0.0.77", "sn1"),
      { ...device("local"), driver: "nvidia" },
    ],
    LOOKED,
  );
  t.strictSame(written, { file, added: ["antminer-1"], moved: ["loud"], kept: [], left: [] });
  t.equal(
    readFileSync(file, "utf8"),
    `${SETTINGS.replace("10.0.0.5", "10.0.0.77")}  - name: antminer-1\n    driver: antminer\n    address: 10.0.0.8\n`,
  );
  t.equal(readFileSync(backup as string, "utf8"), SETTINGS);
  t.equal(statSync(file).mode & 0o777, 0o640);
  t.equal(statSync(backup as string).mode & 0o777, 0o640);
  const again = writeFound(file, [device("10.0.0.8", "sn2"), device("10.0.0.77", "sn1")], LOOKED);
  t.strictSame(
    again,
    { file, added: [], moved: [], kept: ["antminer-1", "loud"], left: [] },
    "a second time there is nothing to do",
  );
});

t.test("the file keeps its owner and group", { skip: !isRoot && "needs root" }, async (t) => {
  const file = installed(t);
  chownSync(file, 4242, 4243);
  const { backup = "" } = writeFound(file, [device("10.0.0.8")], LOOKED);
  for (const one of [file, backup]) {
    const { uid, gid, mode } = statSync(one);
    t.strictSame([uid, gid, mode & 0o777], [4242, 4243, 0o640], one);
  }
});

t.test(
  "where the owner cannot be kept nothing is changed",
  { skip: !isRoot && "needs root" },
  async (t) => {
    const file = installed(t, SETTINGS.replace("state: state", "state: none"));
    const folder = join(file, "..");
    chownSync(folder, 4242, 4242);
    chownSync(file, 4243, 4242);
    const names = readdirSync(folder);
    process.setegid?.(4242);
    process.seteuid?.(4242);
    try {
      t.throws(() => writeFound(file, [device("10.0.0.8")], LOOKED), {
        code: "settings-unwritable",
        message: /EPERM/,
      });
    } finally {
      process.seteuid?.(0);
      process.setegid?.(0);
    }
    t.equal(readFileSync(file, "utf8"), SETTINGS.replace("state: state", "state: none"));
    t.strictSame(readdirSync(folder), names);
    t.equal(statSync(file).uid, 4243);
  },
);

t.test("a link to the file stays one, and what was kept before is never overwritten", async (t) => {
  const file = installed(t);
  const link = join(file, "../link.yaml");
  const precious = join(file, "../precious");
  symlinkSync(file, link);
  writeFileSync(precious, "precious");
  symlinkSync(precious, `${file}.before-discover`);
  const first = writeFound(link, [device("10.0.0.8")], LOOKED);
  const between = readFileSync(file, "utf8");
  const second = writeFound(link, [device("10.0.0.9")], LOOKED);
  t.ok(lstatSync(link).isSymbolicLink());
  t.match(readFileSync(file, "utf8"), /10\.0\.0\.8\n(.*\n)*.*10\.0\.0\.9\n/);
  t.equal(readFileSync(precious, "utf8"), "precious");
  t.equal(first.backup, `${file}.before-discover-2`);
  t.equal(second.backup, `${file}.before-discover-3`);
  t.equal(readFileSync(`${file}.before-discover-2`, "utf8"), SETTINGS);
  t.equal(readFileSync(`${file}.before-discover-3`, "utf8"), between);
});

t.test("one find that cannot be written does not keep the others from it", async (t) => {
  const file = installed(t);
  const { added, left } = writeFound(
    file,
    [device("[fe80::1%eth0]:4068"), device("10.0.0.8"), device("[fe80::2%eth0]:4068")],
    LOOKED,
  );
  t.strictSame(added, ["antminer-2"]);
  t.strictSame(
    left.map(({ address }) => address),
    ["[fe80::1%eth0]:4068", "[fe80::2%eth0]:4068"],
  );
  t.ok(left.every(({ why }) => why.length > 0));
  t.equal(loadSettings(file).devices.length, 2);
});

t.test("an address that two entries share is left to a person", async (t) => {
  const text = SETTINGS.replace(
    "10.0.0.5\n",
    "&ip 10.0.0.5\n    interval: 10s\n  - name: web\n    driver: axeos\n    address: *ip\n",
  );
  const file = installed(t, text);
  const { moved, added, left } = writeFound(file, [device("10.0.0.77", "sn1")], LOOKED);
  t.strictSame([moved, added], [[], []]);
  t.match(left, [{ address: "10.0.0.77", why: /shared/ }]);
  t.equal(readFileSync(file, "utf8"), text);
});

t.test("there are never more devices than settings hold", async (t) => {
  const file = installed(t);
  const many = Array.from({ length: 1030 }, (_, n) => device(`10.1.${n >> 8}.${n & 255}`));
  const { added, left } = writeFound(file, many, LOOKED);
  t.equal(added.length, 1023);
  t.equal(left.length, 7);
  t.match(left[0]?.why, "at most 1024");
  t.equal(loadSettings(file).devices.length, 1024);
});

t.test("a file that would grow too large to be read is left as it is", async (t) => {
  const text = `${SETTINGS}# ${"x".repeat(MAX_SETTINGS_BYTES - SETTINGS.length - 10)}\n`;
  const file = installed(t, text);
  t.throws(() => writeFound(file, [device("10.0.0.8")], LOOKED), {
    code: "settings-invalid",
    message: /1048576/,
  });
  t.equal(readFileSync(file, "utf8"), text);
  t.notOk(existsSync(`${file}.before-discover`));
});

t.test("a settings file that is faulty, or not there, is left as it is", async (t) => {
  const file = installed(t);
  writeFileSync(file, `${SETTINGS}nonsense: 1\n`);
  t.throws(() => writeFound(file, [device("10.0.0.8")], LOOKED), { code: "settings-invalid" });
  t.equal(readFileSync(file, "utf8"), `${SETTINGS}nonsense: 1\n`);
  t.notOk(existsSync(`${file}.before-discover`));
  for (const name of ["none.yaml", "agent.yaml/x"])
    t.throws(() => writeFound(join(file, "..", name), [], LOOKED), { code: "settings-unreadable" });
});
