import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Wallet } from "ethers";
import mqtt, { type MqttClient } from "mqtt";
import t, { type Test } from "tap";
import type { Hex } from "../../../../proto/hex.ts";
import { TOPICS } from "../../../../proto/topics.ts";
import { decodeAnswer, decodeWelcome } from "../../../../proto/wire.ts";
import { runCoordinator, spawnCoordinator } from "../../../support/coordinator-cli.ts";
import { CHAIN_ID, RigSide } from "../../../support/rig-side.ts";
import { until } from "../../../support/until.ts";

const OWNER: Hex = "0xde709f2102306220921060314715629080e2fb77";

interface Running {
  readonly child: ChildProcess;
  readonly lines: Record<string, unknown>[];
  readonly broker: string;
  readonly http: string;
  end(signal: NodeJS.Signals): Promise<number | null>;
}

async function run(test: Test, settings: string): Promise<Running> {
  const child = spawnCoordinator(["run", "--settings", settings]);
  test.after(() => child.kill("SIGKILL"));
  const lines: Record<string, unknown>[] = [];
  const errors: string[] = [];
  createInterface(child.stdout).on("line", (line) => lines.push(JSON.parse(line)));
  createInterface(child.stderr).on("line", (line) => errors.push(line));
  const ready = await until("the coordinator", () => {
    if (child.exitCode !== null) throw new Error(errors.join("\n"));
    return lines.find(({ message }) => message === "The coordinator runs");
  });
  return {
    child,
    lines,
    broker: String(ready["broker"]),
    http: String(ready["http"]),
    end: (signal) =>
      new Promise((resolve) => {
        child.once("exit", resolve);
        child.kill(signal);
      }),
  };
}

async function prepare(test: Test) {
  const folder = test.testdir({
    "c.yaml": `state: state
chain_id: ${CHAIN_ID}
window: 10s
epoch: 1m
grace: 10s
broker:
  listen: 127.0.0.1:0
http:
  listen: 127.0.0.1:0
`,
  });
  const settings = join(folder, "c.yaml");
  const made = await runCoordinator("init", "--settings", settings, "--json");
  const { coordinator } = JSON.parse(made.out) as { coordinator: Hex };
  return { folder, settings, coordinator };
}

async function addRig(settings: string, rig: Hex): Promise<string> {
  const { out } = await runCoordinator(
    "rig",
    "add",
    rig,
    "--owner",
    OWNER,
    "--settings",
    settings,
    "--json",
  );
  return (JSON.parse(out) as { uplink: { password: string } }).uplink.password;
}

async function connect(test: Test, url: string, side: RigSide, password: string) {
  const client: MqttClient = await mqtt.connectAsync(
    url,
    { protocolVersion: 4, username: side.rig, password, reconnectPeriod: 0 },
    false,
  );
  client.on("error", () => {});
  test.after(() => client.endAsync(true));
  const heard: { topic: string; payload: Buffer }[] = [];
  client.on("message", (topic, payload) => heard.push({ topic, payload }));
  await client.subscribeAsync([TOPICS.welcome(side.rig).name, TOPICS.receipt(side.rig).name], {
    qos: 1,
  });
  const hello = async (over: Parameters<RigSide["hello"]>[0] = {}) => {
    const before = heard.length;
    client.publish(TOPICS.hello(side.rig).name, Buffer.from(await side.signedHello(over)), {
      qos: 1,
    });
    const { payload } = await until("a welcome", () =>
      heard.slice(before).find(({ topic }) => topic.endsWith("welcome")),
    );
    return decodeWelcome(payload).message;
  };
  const send = async (over: Parameters<RigSide["attestation"]>[0]) => {
    const before = heard.length;
    client.publish(TOPICS.attestation(side.rig).name, Buffer.from(await side.signed(over)), {
      qos: 1,
    });
    const { payload } = await until("an answer", () =>
      heard.slice(before).find(({ topic }) => topic.endsWith("receipt")),
    );
    return { payload, ...decodeAnswer(payload) };
  };
  return { client, hello, send };
}

t.test("run without an identity names the command that makes one", async (t) => {
  const folder = t.testdir({ "c.yaml": "state: state\nchain_id: 1\n" });
  const { status, err } = await runCoordinator("run", "--settings", join(folder, "c.yaml"));
  t.equal(status, 78);
  t.match(err, /rig-coordinator init/);
});

t.test(
  "a coordinator that is killed has everything that it receipted when it is back",
  async (t) => {
    const { settings, coordinator } = await prepare(t);
    const side = new RigSide(coordinator, Wallet.createRandom());
    const first = await run(t, settings);
    const password = await addRig(settings, side.rig);
    const one = await connect(t, first.broker, side, password);
    const { era } = await one.hello();
    const receipts = [];
    for (const sequence of [0n, 1n, 2n]) receipts.push(await one.send({ era, sequence }));
    t.same(
      receipts.map(({ kind }) => kind),
      ["receipt", "receipt", "receipt"],
    );
    t.match(await fetch(`${first.http}/api/rigs`).then((response) => response.text()), side.rig);
    await first.end("SIGKILL");

    const second = await run(t, settings);
    const two = await connect(t, second.broker, side, password);
    t.match(await two.hello({ era }), {
      era,
      headSequence: 2n,
      headDigest: receipts[2]?.message.digest,
      missing: [],
    });
    t.same((await two.send({ era, sequence: 1n })).payload, receipts[1]?.payload);
    t.equal((await two.send({ era, sequence: 3n })).kind, "receipt");
  },
);

t.test("one state directory has one coordinator, and keeps to its chain", async (t) => {
  const { folder, settings } = await prepare(t);
  const running = await run(t, settings);
  t.match(await runCoordinator("run", "--settings", settings), {
    status: 1,
    err: /another coordinator runs/,
  });
  t.equal(await running.end("SIGTERM"), 0);
  const { writeFileSync } = await import("node:fs");
  const other = join(folder, "other.yaml");
  writeFileSync(other, "state: state\nchain_id: 2\n");
  t.match(await runCoordinator("run", "--settings", other), {
    status: 78,
    err: /signed for 31337/,
  });
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  t.test(`${signal} ends it within five seconds, whoever is connected`, async (t) => {
    const { settings, coordinator } = await prepare(t);
    const side = new RigSide(coordinator, Wallet.createRandom());
    const running = await run(t, settings);
    await connect(t, running.broker, side, await addRig(settings, side.rig));
    await fetch(`${running.http}/healthz`).then((response) => response.text());
    const begun = performance.now();
    t.equal(await running.end(signal), 0);
    t.ok(performance.now() - begun < 5000);
    t.match(running.lines.at(-1), { level: "info", message: "The coordinator stops", signal });
    t.match(
      running.lines.filter(({ level }) => level === "error" || level === "warn"),
      [{ level: "warn", message: /^Operator pages are open to this machine/ }],
      "without a public_url, and nothing else",
    );
  });
}
