import { join } from "node:path";
import t from "tap";
import { loadSettings, parseSettings, type SettingsError } from "../../../coordinator/settings.ts";

const LEAST = "state: state\nchain_id: 5\n";

t.test("the least settings give the defaults, with paths relative to the file", async (t) => {
  t.same(parseSettings(LEAST, "/etc/rigs/c.yaml"), {
    state: "/etc/rigs/state",
    chainId: 5n,
    windowSeconds: 600,
    epochSeconds: 86_400,
    graceSeconds: 3600,
    broker: { kind: "embedded", host: "127.0.0.1", port: 1883 },
    http: { host: "127.0.0.1", port: 9696 },
    simulated: false,
    log: { level: "info" },
  });
});

t.test("everything can be said", async (t) => {
  const text = `${LEAST}window: 10s
epoch: 1m
grace: 15s
broker:
  url: mqtts://broker.example.org:8883
  username: coordinator
  password_file: secret/password
  ca_file: /etc/ca.pem
http:
  listen: "[::1]:80"
  public_url: https://rigs.example.org/
simulated: true
log: { level: debug }
`;
  t.match(parseSettings(text, "/etc/c.yaml"), {
    windowSeconds: 10,
    epochSeconds: 60,
    graceSeconds: 15,
    broker: {
      kind: "external",
      url: "mqtts://broker.example.org:8883",
      username: "coordinator",
      passwordFile: "/etc/secret/password",
      caFile: "/etc/ca.pem",
    },
    http: { host: "::1", port: 80, publicUrl: "https://rigs.example.org" },
    simulated: true,
    log: { level: "debug" },
  });
});

t.test("the example is valid, and a part with nothing but comments is the default", async (t) => {
  const example = join(import.meta.dirname, "../../../config/coordinator.example.yaml");
  t.equal(loadSettings(example).windowSeconds, 600);
  t.match(parseSettings(`${LEAST}http:\n  # listen: x\n`, "c.yaml"), { http: { port: 9696 } });
});

t.test("every fault is reported at once with its path and line", async (t) => {
  const text = `state: ""
chain_id: 0
window: 7m
epoch: 600
broker:
  url: mqtt://me:secret@host
  user: x
http:
  listen: localhost
  public_url: ftp://x
simulated: maybe
logg: {}
log:
  level: loud
`;
  const fault = t.throws(() => parseSettings(text, "c.yaml"), {
    code: "settings-invalid",
  }) as SettingsError;
  const found = fault.faults.map(({ path, line }) => `${path}:${line}`);
  t.same(found.sort(), [
    "broker.url:6",
    "broker.user:7",
    "chain_id:2",
    "epoch:4",
    "http.listen:9",
    "http.public_url:10",
    "log.level:14",
    "logg:12",
    "simulated:11",
    "state:1",
    "window:3",
  ]);
  t.equal(fault.exit, 78);
  t.notMatch(fault.message, /secret/);
});

t.test("an epoch must fit the window and the day", async (t) => {
  const fault = (lines: string) => () => parseSettings(LEAST + lines, "c.yaml");
  t.throws(fault("window: 10m\nepoch: 15m\n"), { message: /multiple of the window/ });
  t.throws(fault("window: 10m\nepoch: 50m\n"), { message: /divide a day/ });
  t.equal(parseSettings(`${LEAST}epoch: 7d\n`, "c.yaml").epochSeconds, 604_800);
});

t.test("what is no YAML, no mapping or too clever is refused", async (t) => {
  for (const text of [
    "a: [",
    "- a",
    "",
    "state: &a x\nchain_id: 1\nhttp: *a",
    "state: a\nstate: b\n",
  ]) {
    t.throws(() => parseSettings(text, "c.yaml"), { code: "settings-invalid" }, text);
  }
  const folder = t.testdir({ "big.yaml": "#".repeat((1 << 20) + 1) });
  t.throws(() => loadSettings(join(folder, "big.yaml")), { code: "settings-unreadable" });
  t.throws(() => loadSettings(join(folder, "none.yaml")), {
    code: "settings-unreadable",
    exit: 78,
  });
});
