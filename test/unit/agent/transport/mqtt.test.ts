import { createServer } from "node:net";
import { Aedes } from "aedes";
import mqtt from "mqtt";
import t, { type Test } from "tap";
import { readBootId, SystemClock } from "../../../../agent/platform/clock.ts";
import { MqttCarrier } from "../../../../agent/transport/mqtt.ts";
import type { Hex } from "../../../../proto/hex.ts";
import { TOPICS } from "../../../../proto/topics.ts";
import { FakeLog, FakeMeter } from "../../../support/fakes.ts";
import { createMosquitto, freePort, NO_MOSQUITTO } from "../../../support/mosquitto.ts";
import { until } from "../../../support/until.ts";

const RIG: Hex = `0x${"ab".repeat(20)}`;

function make(t: Test, url: string, login: { username?: string; password?: string } = {}) {
  const log = new FakeLog();
  const seen = { up: 0, down: 0, welcomes: [] as string[], answers: [] as string[] };
  const carrier = new MqttCarrier({
    url,
    ...login,
    rig: RIG,
    version: "1.2.3",
    clock: new SystemClock(readBootId()),
    log,
    meter: new FakeMeter(),
    backoff: { next: () => 50, reset: () => undefined },
  });
  t.after(() => carrier.stop());
  carrier.start({
    up: () => {
      seen.up += 1;
    },
    down: () => {
      seen.down += 1;
    },
    welcome: (bytes) => seen.welcomes.push(Buffer.from(bytes).toString()),
    answer: (bytes) => seen.answers.push(Buffer.from(bytes).toString()),
  });
  return { carrier, log, seen };
}

async function aedesBroker(t: Test, authenticate?: () => boolean) {
  const broker = await Aedes.createBroker({
    ...(authenticate === undefined
      ? {}
      : { authenticate: (_c, _u, _p, done) => done(null, authenticate()) }),
  });
  const server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => new Promise<void>((resolve) => broker.close(() => server.close(() => resolve()))));
  return `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`;
}

t.test("falls back to 3.1.1 on a broker that speaks no 5, and carries both ways", async (t) => {
  const url = await aedesBroker(t);
  const { carrier, seen } = make(t, url);
  await until("connected", () => seen.up === 1);
  const other = await mqtt.connectAsync(url);
  t.after(() => other.endAsync(true));
  const got: string[] = [];
  other.on("message", (topic, payload) => void got.push(`${topic} ${payload}`));
  await other.subscribeAsync("rig/v1/#", { qos: 1 });
  await carrier.send("attestation", Buffer.from("signed words"));
  await until("the attestation", () =>
    got.includes(`${TOPICS.attestation(RIG).name} signed words`),
  );
  await other.publishAsync(TOPICS.welcome(RIG).name, "welcome", { qos: 1 });
  await other.publishAsync(TOPICS.receipt(RIG).name, "receipt", { qos: 1 });
  await until("welcome and receipt", () => seen.welcomes.length + seen.answers.length === 2);
  t.same([seen.welcomes, seen.answers], [["welcome"], ["receipt"]]);
  t.match(got.join(), /"online":true,"version":"1.2.3"/);
});

t.test("a refused login is named as such and tried again", async (t) => {
  let allow = false;
  const url = await aedesBroker(t, () => allow);
  const { log, seen } = make(t, url, { username: "rig", password: "wrong" });
  await until("the refusal", () =>
    log.lines.some(({ error }) => (error as { code?: string })?.code === "transport-login"),
  );
  t.equal(seen.up, 0);
  t.notMatch(JSON.stringify(log.lines), /wrong/, "the password is nowhere in the log");
  allow = true;
  await until("connected", () => seen.up === 1);
});

t.test(
  "a real Mosquitto: version 5, kill -9 and back, and the last will",
  { skip: NO_MOSQUITTO },
  async (t) => {
    const broker = await createMosquitto(t.testdir({}));
    await broker.start();
    t.after(() => broker.kill());
    const { carrier, log, seen } = make(t, broker.url);
    await until("connected", () => seen.up === 1);
    t.equal(
      log.lines.find(({ message }) => message === "connected to the broker")?.facts["mqtt"],
      5,
    );
    await broker.kill();
    await until("down", () => seen.down === 1);
    await t.rejects(carrier.send("hello", Buffer.from("x")), { code: "transport-unreachable" });
    await broker.start();
    await until("up again", () => seen.up === 2);
    const other = await mqtt.connectAsync(broker.url);
    t.after(() => other.endAsync(true));
    const presence: string[] = [];
    other.on("message", (_topic, payload) => void presence.push(payload.toString()));
    await other.subscribeAsync(TOPICS.presence(RIG).name, { qos: 1 });
    await until("the retained presence", () => presence.length === 1);
    t.match(presence[0], /"online":true/);
    await carrier.stop();
    await until("offline", () => presence.length === 2);
    t.match(presence[1], /"online":false/);
  },
);

t.test("nobody at the address: said once, however often it is tried", async (t) => {
  const { log, carrier } = make(t, `mqtt://127.0.0.1:${await freePort()}`);
  await until("a fault", () => log.said("warn").length === 1);
  await new Promise((resolve) => setTimeout(resolve, 400));
  t.equal(log.said("warn").length, 1);
  t.match(carrier.state().fault, /ECONNREFUSED/);
});

t.test(
  "a broker that takes the connection and never answers a subscription is given up, and a stop never hangs",
  async (t) => {
    const silent = createServer((socket) => {
      // CONNACK of version 5 to whatever comes first, then nothing ever.
      socket.once("data", () => socket.write(Buffer.from([0x20, 0x03, 0x00, 0x00, 0x00])));
      socket.on("error", () => undefined);
    });
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    t.after(() => new Promise((resolve) => silent.close(resolve)));
    const { carrier, log, seen } = make(
      t,
      `mqtt://127.0.0.1:${(silent.address() as { port: number }).port}`,
    );
    await until("it is given up", () => log.said("warn").length > 0, 15_000);
    t.equal(seen.up, 0);
    const start = performance.now();
    await carrier.stop();
    t.ok(performance.now() - start < 3000);
  },
);
