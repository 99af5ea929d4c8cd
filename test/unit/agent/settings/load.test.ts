import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import t from "tap";
import { RigError } from "../../../../agent/core/errors.ts";
import { SettingsError, showFault } from "../../../../agent/settings/faults.ts";
import { loadSettings, MAX_SETTINGS_BYTES, readSettings } from "../../../../agent/settings/load.ts";

const SALT = `0x${"ab".repeat(32)}`;
const COORDINATOR = `coordinator:
  address: 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed
  chain_id: 137
  salt: ${SALT}
`;

/** Every fault of a text as `line path: message`. */
function faultsOf(text: string, drivers?: string[]): string[] {
  try {
    readSettings(text, "/etc/rig/agent.yaml", drivers ? { drivers } : {});
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.faults.map(({ line, path, message }) => `${line} ${path}: ${message}`);
  }
  return [];
}

t.test("the least settings file gives every default in stored units", async (t) => {
  t.strictSame(readSettings(COORDINATOR, "/etc/rig/agent.yaml"), {
    stateDir: "/var/lib/rig-agent",
    simulated: false,
    key: { file: "/etc/rig-agent/key.json" },
    coordinator: {
      address: "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
      chainId: 137n,
      salt: SALT,
    },
    uplink: { url: "mqtt://127.0.0.1:1883", insecure: false },
    devices: [],
    tryDefaultLogins: false,
    sensors: { nvidia: "auto", amdgpu: "auto", intel: "auto", host: "on" },
    sampling: { intervalMs: 10_000, timeoutMs: 5000 },
    store: {
      budgetBytes: 256 * 1024 * 1024,
      keepSamplesMs: 7 * 86_400_000,
      keepAttestationsMs: 90 * 86_400_000,
      batchMs: 5000,
    },
    status: { listen: { host: "127.0.0.1", port: 9595 } },
    log: { level: "info", format: "auto" },
  });
});

t.test("a file with ten faults reports ten, each with its line", async (t) => {
  const text = `simulatd: true
state: 5
coordinator:
  address: 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAee
  chain_id: 0
uplink:
  url: mqtt://broker.example:1883
devices:
  - name: one
    address: 10.0.0.5
    interval: 10
  - name: one
    address: 10.0.0.6
    drivr: axeos
sampling:
  interval: 2s
  timeout: 3s
status: { listen: "0.0.0.0:9595" }
`;
  t.strictSame(faultsOf(text), [
    "1 simulatd: is no setting; did you mean simulated?",
    "2 state: is read as a number or as true or false; put it in quotes",
    "4 coordinator.salt: is missing",
    "4 coordinator.address: is an address with a wrong digit: its checksum fails",
    "5 coordinator.chain_id: is less than 1",
    "7 uplink.url: has no TLS and leaves this machine; use mqtts://, or set insecure: true beside it",
    '11 devices[0].interval: has no unit; write one such as "10s" or "64MiB"',
    "12 devices[1].name: is also the name of devices[0]",
    "14 devices[1].drivr: is no setting; did you mean driver?",
    "17 sampling.timeout: the timeout is longer than the interval",
    '18 status.listen: "0.0.0.0:9595" can be reached from outside; only loopback such as 127.0.0.1:9595 is served',
  ]);
});

t.test("a fault is shown as file, line and column, path and what is wrong", async (t) => {
  const fault = { path: "devices[0].name", line: 3, column: 5, message: "is missing" };
  t.equal(showFault("a.yaml", fault), "a.yaml:3:5: devices[0].name: is missing");
  t.equal(showFault("a.yaml", { path: "", message: "is empty" }), "a.yaml: is empty");
});

t.test("secrets are read, and never shown", async (t) => {
  const dir = t.testdir({ password: "from a file\n" });
  chmodSync(join(dir, "password"), 0o600);
  const text = `${COORDINATOR}uplink: { username: rig, password_file: password }
devices:
  - { name: a, driver: axeos, address: 10.0.0.5, username: root, password: hunter2, token: sesame }
`;
  const settings = readSettings(text, join(dir, "agent.yaml"));
  const [device] = settings.devices;
  t.equal(settings.uplink.password?.reveal(), "from a file");
  t.equal(device?.password?.reveal(), "hunter2");
  t.equal(device?.token?.reveal(), "sesame");
  const { chainId: _, ...rest } = settings.coordinator;
  const shown =
    inspect(settings, { depth: 9 }) + JSON.stringify({ ...settings, coordinator: rest });
  t.match(shown, "[secret]");
  for (const secret of ["from a file", "hunter2", "sesame"]) t.notMatch(shown, secret);
});

t.test("no message repeats a secret, however it was written", async (t) => {
  const texts = [
    "uplink: { username: rig, password: *hunter2 }",
    "uplink: { username: rig, password: !hunter2 x }",
    "uplink: { username: rig, password: [hunter2] }",
    "uplink:\n  username: rig\n  password: hunter2: again",
    'uplink:\n  username: rig\n  password: "hunter2\n',
    "uplink: { url: 'mqtt://rig:hunter2@broker:1883' }",
    "devices: [{ name: a, address: 'http://root:hunter2@10.0.0.5/' }]",
    "devices: [{ name: a, address: 'root:hunter2@10.0.0.5' }]",
  ];
  for (const text of texts) {
    const faults = faultsOf(`${COORDINATOR}${text}\n`);
    t.not(faults.length, 0, `${text} is a fault`);
    t.notMatch(faults.join("\n"), "hunter2", `${text} is not repeated`);
  }
});

t.test("a password file that others may read is a fault at its line", async (t) => {
  const dir = t.testdir({ open: "x", empty: "" });
  chmodSync(join(dir, "open"), 0o644);
  chmodSync(join(dir, "empty"), 0o600);
  const at = (name: string): string[] => {
    return faultsOf(`${COORDINATOR}uplink: { username: r, password_file: ${join(dir, name)} }\n`);
  };
  t.strictSame(at("open"), [
    "5 uplink.password_file: names a file that others may read or change (its mode is 0644); chmod 600 it",
  ]);
  t.strictSame(at("empty"), ["5 uplink.password_file: names an empty file"]);
  t.strictSame(at("none"), ["5 uplink.password_file: names a file that is not there"]);
  t.strictSame(at("."), ["5 uplink.password_file: names something that is no file"]);
});

t.test("relative paths start at the settings file", async (t) => {
  const { stateDir, key, devices } = readSettings(
    `${COORDINATOR}state: state
key: { file: ../key.json, passphrase_file: /run/pass }
devices:
  - { name: a, driver: nvidia, program: nvidia-smi }
  - { name: b, driver: nvidia, program: ./fake, root: sys }
`,
    "/srv/rig/agent.yaml",
  );
  t.equal(stateDir, "/srv/rig/state");
  t.strictSame(key, { file: "/srv/key.json", passphraseFile: "/run/pass" });
  t.strictSame(
    devices.map(({ program, root }) => [program, root]),
    [
      ["nvidia-smi", undefined],
      ["/srv/rig/fake", "/srv/rig/sys"],
    ],
  );
});

t.test("a device takes what it does not say from sampling", async (t) => {
  const { devices } = readSettings(
    `${COORDINATOR}sampling: { interval: 30s, timeout: 8s }
devices: [{ name: a, address: h }, { name: b, address: h2, interval: 1m, timeout: 500ms }]
`,
    "/a.yaml",
  );
  t.strictSame(
    devices.map(({ intervalMs, timeoutMs }) => [intervalMs, timeoutMs]),
    [
      [30_000, 8000],
      [60_000, 500],
    ],
  );
});

t.test("a section whose settings are all commented out has its defaults", async (t) => {
  t.strictSame(faultsOf(`${COORDINATOR}sampling:\n  # interval: 1s\ndevices:\n`), []);
  t.strictSame(faultsOf("coordinator:\n"), ["1 coordinator: is empty"]);
});

t.test("an empty file and a file that is no mapping are faults", async (t) => {
  t.strictSame(faultsOf(""), ["undefined coordinator: is missing"]);
  t.strictSame(faultsOf("- a\n"), ["1 : is not a section of settings"]);
  t.strictSame(faultsOf("just text\n"), ["1 : is not a section of settings"]);
});

t.test("broken YAML is one fault where it breaks, not a list of what follows", async (t) => {
  t.strictSame(faultsOf("coordinator:\n\taddress: x\n"), [
    "2 : a tab is used for indentation; use blanks",
  ]);
  t.strictSame(faultsOf("[".repeat(50_000)).length, 1);
  t.match(faultsOf(`${COORDINATOR}---\na: 1\n`)[0], /a second YAML document/);
});

t.test("a key that is there twice does not hide the other faults", async (t) => {
  t.strictSame(faultsOf(`${COORDINATOR}state: a\nstate: b\nlog: { level: loud }\n`), [
    "6 : this key is there twice",
    "7 log.level: is none of error, warn, info, debug",
  ]);
});

t.test("an alias bomb is refused without being unfolded", async (t) => {
  const rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 10; i += 1) {
    rows.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(", ")}]`);
  }
  t.strictSame(faultsOf(`${rows.join("\n")}\n`), ["undefined : uses YAML aliases far too often"]);
});

t.test("names that every object has are unknown settings like others", async (t) => {
  const faults = faultsOf(`${COORDINATOR}__proto__: { simulated: true }\nconstructor: 1\n`);
  t.equal(faults.length, 2);
  t.match(faults[0], /^5 __proto__: is no setting/);
  t.match(faults[1], /^6 constructor: is no setting/);
});

t.test("drivers are checked where they are known, with the nearest name", async (t) => {
  const text = `${COORDINATOR}devices:
  - { name: a, driver: axoes, address: h }
  - { name: b, driver: nothing-like-it, address: h }
  - { name: c, address: h }
`;
  t.strictSame(faultsOf(text), []);
  t.strictSame(faultsOf(text, ["antminer", "axeos"]), [
    "6 devices[0].driver: is no driver; did you mean axeos?",
    "7 devices[1].driver: is no driver; there are antminer, axeos",
  ]);
});

t.test("plaintext to another machine needs to be asked for", async (t) => {
  const uplink = (text: string): number => faultsOf(`${COORDINATOR}uplink: { ${text} }\n`).length;
  t.equal(uplink("url: 'mqtt://127.0.0.1:1883'"), 0);
  t.equal(uplink("url: 'mqtt://localhost'"), 0);
  t.equal(uplink("url: 'mqtt://[::1]:1883'"), 0);
  t.equal(uplink("url: 'mqtts://broker.example:8883'"), 0);
  t.equal(uplink("url: 'mqtt://broker.example:1883', insecure: true"), 0);
  t.equal(uplink("url: 'mqtt://127.0.0.1.example.com:1883'"), 1);
  t.equal(uplink("url: 'http://127.0.0.1'"), 1);
  t.equal(uplink("url: 'mqtt://127.0.0.1/path'"), 1);
});

t.test("settings that need or exclude each other are faults", async (t) => {
  const uplink = (text: string): string[] => faultsOf(`${COORDINATOR}uplink: { ${text} }\n`);
  t.match(uplink("cert_file: a")[0], /uplink.cert_file: is of no use without key_file/);
  t.match(uplink("password: a")[0], /uplink.password: is of no use without username/);
  t.match(
    uplink("username: u, password: a, password_file: /none").join("\n"),
    /stands beside password_file/,
  );
  t.match(faultsOf(`${COORDINATOR}devices: [{ name: a }]\n`)[0], /neither an address nor a driver/);
});

t.test("a file that cannot be read says why", async (t) => {
  const dir = t.testdir({ huge: "#".repeat(MAX_SETTINGS_BYTES + 1), folder: {} });
  writeFileSync(join(dir, "binary"), Buffer.from([0xff, 0xfe, 0x00]));
  const why = (name: string): string => {
    try {
      loadSettings(join(dir, name));
    } catch (error) {
      if (error instanceof RigError && error.code === "settings-unreadable") return error.message;
      throw error;
    }
    return "";
  };
  t.match(why("none"), /ENOENT/);
  t.match(why("folder"), /is no file/);
  t.match(why("huge"), /at most 1048576/);
  t.match(why("binary"), /not UTF-8/);
});

t.test("a list of a million faults is cut", async (t) => {
  const keys = Array.from({ length: 500 }, (_, i) => `unknown_${i}: 1`).join("\n");
  const faults = faultsOf(`${COORDINATOR}${keys}\n`);
  t.equal(faults.length, 101);
  t.match(faults.at(-1), /and 400 more/);
});

t.test("a fingerprint is read with and without colons, and only beside TLS", async (t) => {
  const hex = "a1".repeat(32);
  const device = (more: string): string =>
    `${COORDINATOR}try_default_logins: true\ndevices:\n  - { name: a, ${more} }\n`;
  for (const written of [hex, hex.toUpperCase(), Array(32).fill("A1").join(":")]) {
    const text = device(`address: "https://10.0.0.7", fingerprint: "${written}"`);
    const settings = readSettings(text, "/a.yaml");
    t.equal(settings.devices[0]?.fingerprint, hex, written);
    t.equal(settings.tryDefaultLogins, true);
  }
  t.match(faultsOf(device(`address: 10.0.0.7, fingerprint: ${hex}`)), [
    /of no use without an https/,
  ]);
  t.match(faultsOf(device('address: "https://h", fingerprint: "a1:b2"')), [/is no SHA-256/]);
});

t.test("a login that no request can carry is a fault, wherever it is written", async (t) => {
  const dir = t.testdir({ two: "hunter2\nmore\n" });
  chmodSync(join(dir, "two"), 0o600);
  for (const [written, path] of [
    ['password: "hunter2\\n"', "password"],
    ['token: "hunter2\\0"', "token"],
    ['username: "hunter2\\r"', "username"],
    [`password_file: ${join(dir, "two")}`, "password_file"],
  ] as const) {
    const text = `${COORDINATOR}devices:\n  - { name: a, address: 10.0.0.7, ${written} }\n`;
    const faults = faultsOf(text);
    t.match(faults, [new RegExp(`devices\\[0\\]\\.${path}: .*control character`)], path);
    t.notMatch(faults.join(), "hunter2");
  }
});

t.test("an address with a zone is a fault", async (t) => {
  const at = (address: string): string[] =>
    faultsOf(`${COORDINATOR}devices:\n  - { name: a, address: "${address}" }\n`);
  for (const address of ["fe80::1%lo", "[fe80::1%lo]:80"]) t.match(at(address), [/zone/], address);
  t.strictSame(at("http://10.0.0.7/a%20b"), [], "a path may hold a %");
});
