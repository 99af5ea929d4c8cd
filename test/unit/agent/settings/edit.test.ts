import t from "tap";
import { withDevices } from "../../../../agent/settings/edit.ts";

const FOUND = [{ name: "axeos-1", driver: "axeos", address: "10.0.0.7" }];
const TEXT = `# my rig
state: /var/lib/rig   # here
devices:
  # the loud one
  - name: antminer-1
    driver: antminer
    address: 10.0.0.5 # rack 2
log: { level: info }
`;

t.test("devices are added and moved, and every comment stays", async (t) => {
  t.equal(
    withDevices(TEXT, FOUND, [{ name: "antminer-1", address: "10.0.0.6" }]),
    `# my rig
state: /var/lib/rig # here
devices:
  # the loud one
  - name: antminer-1
    driver: antminer
    address: 10.0.0.6 # rack 2
  - name: axeos-1
    driver: axeos
    address: 10.0.0.7
log: { level: info }
`,
  );
});

t.test("a file without a list of devices, or with an empty one, gets one", async (t) => {
  const list = "devices:\n  - name: axeos-1\n    driver: axeos\n    address: 10.0.0.7\n";
  t.equal(withDevices("state: x\n", FOUND, []), `state: x\n${list}`);
  t.equal(withDevices("state: x\ndevices: []\n", FOUND, []), `state: x\n${list}`);
  t.equal(withDevices("devices:\n", FOUND, []), list);
});

t.test("what cannot be edited is left alone", async (t) => {
  for (const text of ["", "- a", "devices: 3\n", "devices: {a: 1}\n", "a: [", "x"])
    t.throws(
      () => withDevices(text, FOUND, []),
      { code: "settings-invalid" },
      JSON.stringify(text),
    );
  t.throws(() => withDevices(TEXT, [], [{ name: "who", address: "x" }]), /no device who/);
});
