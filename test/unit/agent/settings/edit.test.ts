import t from "tap";
import { type NewDevice, withDevices } from "../../../../agent/settings/edit.ts";
import { settingsExample } from "../../../../agent/settings/example.ts";
import { readSettings } from "../../../../agent/settings/load.ts";
import { readYaml } from "../../../../agent/settings/yaml.ts";

const FOUND = [{ name: "axeos-1", driver: "axeos", address: "10.0.0.7" }];
const TEXT = `# my rig
state:   /var/lib/rig   # here
devices:
  # the loud one
  - name: antminer-1
    driver: antminer
    address: 10.0.0.5 # rack 2
    # password: none

  # the next one comes here

log: { level: info }
`;
const added = (text: string, devices: readonly NewDevice[] = FOUND): string =>
  withDevices(text, devices, []).text;
const moved = (text: string, name: string, address = "10.0.0.6") =>
  withDevices(text, [], [{ name, address }]);

t.test("devices are added and moved, and every comment and blank stays", async (t) => {
  const { text, refused } = withDevices(TEXT, FOUND, [{ name: "antminer-1", address: "10.0.0.6" }]);
  t.strictSame(refused, []);
  t.equal(
    text,
    `# my rig
state:   /var/lib/rig   # here
devices:
  # the loud one
  - name: antminer-1
    driver: antminer
    address: 10.0.0.6 # rack 2
    # password: none
  - name: axeos-1
    driver: axeos
    address: 10.0.0.7

  # the next one comes here

log: { level: info }
`,
  );
});

t.test("a file without a list of devices, or with an empty one, gets one", async (t) => {
  const list = "  - name: axeos-1\n    driver: axeos\n    address: 10.0.0.7\n";
  t.equal(added("state: x\n"), `state: x\ndevices:\n${list}`);
  t.equal(added("state: x"), `state: x\ndevices:\n${list.trimEnd()}`, "without a last line end");
  t.equal(
    added("---\n state: x\n...\n"),
    `---\n state: x\n devices:\n${list.replaceAll(/^/gm, " ").slice(0, -1)}...\n`,
  );
  t.equal(added("state: x\ndevices: [] # none\n"), `state: x\ndevices: # none\n${list}`);
  t.equal(added("devices: ~\nstate: x\n"), `devices:\n${list}state: x\n`);
  t.equal(added("devices:\n"), `devices:\n${list}`);
  t.equal(added("devices: # c\n  # d\n\nlog: {}\n"), `devices: # c\n${list}  # d\n\nlog: {}\n`);
});

t.test("the shipped example loses none of its lines", async (t) => {
  const example = settingsExample();
  const lines = added(example).split("\n");
  t.strictSame(
    lines.filter(
      (line) => !/^ {2}(- name: axeos-1| {2}driver: axeos| {2}address: 10\.0\.0\.7)$/.test(line),
    ),
    example.split("\n"),
  );
  t.equal(lines.length, example.split("\n").length + 3);
  t.equal(readSettings(lines.join("\n"), "/etc/rig/agent.yaml").devices.length, 1);
});

t.test("hex without quotes stays as it is written", async (t) => {
  const head = `coordinator:
  address: 0x52908400098527886E0F7030069857D2E4169EE7
  chain_id: 1
  salt: 0x${"1f".repeat(32)}
devices:
  - { name: x, driver: antminer, address: 10.0.0.4, password: 0x1F }
`;
  const text = added(head);
  t.equal(text, `${head}  - name: axeos-1\n    driver: axeos\n    address: 10.0.0.7\n`);
  const { coordinator, devices } = readSettings(text, "/etc/rig/agent.yaml");
  t.equal(coordinator.address, "0x52908400098527886e0f7030069857d2e4169ee7");
  t.equal(devices[0]?.password?.reveal(), "0x1F");
});

t.test("line ends, the mark at the start and the manner of a list are kept", async (t) => {
  const crlf = "devices:\r\n  - name: a\r\n    address: 10.0.0.5 # c\r\nstate: x\r\n";
  t.equal(
    withDevices(crlf, FOUND, [{ name: "a", address: "10.0.0.6" }]).text,
    "devices:\r\n  - name: a\r\n    address: 10.0.0.6 # c\r\n  - name: axeos-1\r\n    driver: axeos\r\n    address: 10.0.0.7\r\nstate: x\r\n",
  );
  t.equal(
    added("\uFEFFdevices:\n- name: a\n  # b\n# c\nstate: x"),
    "\uFEFFdevices:\n- name: a\n  # b\n- name: axeos-1\n  driver: axeos\n  address: 10.0.0.7\n# c\nstate: x",
  );
  const flow = '{ name: "axeos-1", driver: "axeos", address: "10.0.0.7" }';
  t.equal(added("devices: [{ name: a }, # b\n]\n"), `devices: [{ name: a }, ${flow}, # b\n]\n`);
  t.equal(added("devices: [ # b\n]\n"), `devices: [${flow} # b\n]\n`);
  t.equal(added('{"state": "x"}'), `{"state": "x", "devices": [${flow}]}`);
  t.equal(
    moved('{"devices": [{"name": "a", "address": "10.0.0.5"}]}', "a").text,
    '{"devices": [{"name": "a", "address": "10.0.0.6"}]}',
  );
  const entry = "  - name: axeos-1\n    driver: axeos\n    address: 10.0.0.7\n";
  const block = "devices:\n  - name: a\n    password: |\n      b\n";
  t.equal(added(`${block}\nstate: x\n`), `${block}${entry}\nstate: x\n`);
  const keeping = block.replace("|", "|+");
  t.equal(added(`${keeping}\nstate: x\n`), `${keeping}\n${entry}state: x\n`);
});

t.test("an address is put in quotes where it would be read as something else", async (t) => {
  for (const address of [
    "[fe80::1]:4068",
    "fe80::1",
    "0x1F",
    "12",
    "null",
    "a: b #c",
    "h:",
    'q"',
  ]) {
    const text = added("state: x\n", [{ name: "n", driver: "d", address }]);
    t.match(readYaml(text).value, { devices: [{ address }] }, address);
    t.match(readYaml(moved(TEXT, "antminer-1", address).text).value, { devices: [{ address }] });
  }
});

t.test("an address that entries share is not changed, and one that borrows it is", async (t) => {
  const shared =
    "devices:\n  - name: a\n    address: &ip 10.0.0.9\n  - name: b\n    address: *ip\n";
  t.match(moved(shared, "a"), { text: shared, refused: [{ name: "a", why: /shared/ }] });
  t.equal(moved(shared, "b").text, shared.replace("*ip", "10.0.0.6"));
  t.equal(
    moved(shared.replace("*ip", "x"), "a").text,
    shared.replace("*ip", "x").replace("10.0.0.9", "10.0.0.6"),
  );
  const whole = "spare: &s { name: a, address: 10.0.0.9 }\ndevices: [*s]\n";
  t.match(moved(whole, "a"), { text: whole, refused: [{ name: "a" }] });
  t.match(moved("devices: [{ name: a }]\n", "a"), { refused: [{ why: /no address/ }] });
});

t.test("what cannot be edited is left alone", async (t) => {
  const odd = [
    "",
    "- a",
    "devices: 3\n",
    "devices: {a: 1}\n",
    "a: [",
    "x",
    "a: &l []\ndevices: *l\n",
  ];
  const shared = "devices: &l\n  - name: a\nspare: *l\n";
  for (const text of [...odd, shared])
    t.throws(() => added(text), { code: "settings-invalid" }, JSON.stringify(text));
  t.throws(() => moved(TEXT, "who"), /no device who/);
});
