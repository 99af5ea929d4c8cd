import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { Aedes } from "aedes";
import mqtt, { type MqttClient } from "mqtt";
import t, { type Test } from "tap";
import { createBackoff } from "../../../../coordinator/intake/backoff.ts";
import { createBroker } from "../../../../coordinator/intake/broker.ts";
import { createMqtt, filtersFor } from "../../../../coordinator/intake/mqtt.ts";
import type { ExternalBroker } from "../../../../coordinator/settings.ts";
import { TOPICS } from "../../../../proto/topics.ts";
import { decodeAnswer, decodeWelcome } from "../../../../proto/wire.ts";
import { type IntakeWorld, openIntakeWorld } from "../../../support/coordinator-intake.ts";
import { createMosquitto, NO_MOSQUITTO } from "../../../support/mosquitto.ts";
import { createKeptLog } from "../../../support/quiet-log.ts";
import { until } from "../../../support/until.ts";

function carrierTo(test: Test, world: IntakeWorld, broker: Omit<ExternalBroker, "kind">) {
  const log = createKeptLog();
  const carrier = createMqtt({
    broker: { kind: "external", ...broker },
    clientId: "coordinator-under-test",
    receive: world.intake.receive,
    room: world.intake.room,
    log,
    meter: world.counters,
    backoff: createBackoff(20, 50),
  });
  test.after(() => carrier.stop());
  const connected = (times = 1) =>
    until("the coordinator at the broker", () => {
      const lines = log.lines.filter(({ message }) => message === "Connected to the broker");
      return lines.length >= times ? lines.at(-1) : undefined;
    });
  return { carrier, log, connected };
}

async function rigAt(test: Test, url: string, world: IntakeWorld, protocolVersion: 4 | 5 = 5) {
  const client: MqttClient = await mqtt.connectAsync(
    url,
    { reconnectPeriod: 0, protocolVersion },
    false,
  );
  client.on("error", () => {});
  test.after(() => client.endAsync(true));
  const { rig } = world.rig;
  const answers: Buffer[] = [];
  const welcomes: Buffer[] = [];
  client.on("message", (topic, payload) => {
    (topic.endsWith("/receipt") ? answers : welcomes).push(payload);
  });
  await client.subscribeAsync([TOPICS.welcome(rig).name, TOPICS.receipt(rig).name], { qos: 1 });
  return { client, answers, welcomes };
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `mqtt://127.0.0.1:${address.port}`;
}

t.test("filters are shared only on MQTT 5, and presence never is", async (t) => {
  t.same(filtersFor(5, true), [
    "$share/coordinators/rig/v1/+/hello",
    "$share/coordinators/rig/v1/+/attestation",
    "rig/v1/+/presence",
  ]);
  t.notMatch(filtersFor(5, false).join(), "share");
  t.notMatch(filtersFor(4, true).join(), "share");
});

t.test(
  "over mosquitto rigs are heard and answered, also after it was killed",
  { skip: NO_MOSQUITTO },
  async (t) => {
    const world = await openIntakeWorld(t.testdir());
    t.after(() => world.close());
    const mosquitto = await createMosquitto(t.testdirName);
    t.after(() => mosquitto.kill());
    const { carrier, connected } = carrierTo(t, world, { url: mosquitto.url });
    await carrier.start();
    await until("a failed attempt", () =>
      world.counters.snapshot().has("rig_coordinator_broker_disconnects_total"),
    );
    await mosquitto.start();
    t.match((await connected()).facts, { version: 5 });

    const { rig } = world;
    const first = await rigAt(t, mosquitto.url, world);
    await first.client.publishAsync(
      TOPICS.presence(rig.rig).name,
      '{"online":true,"version":"1","since":1}',
      { qos: 1, retain: true },
    );
    await first.client.publishAsync(
      TOPICS.hello(rig.rig).name,
      Buffer.from(await rig.signedHello()),
      { qos: 1 },
    );
    const { era } = decodeWelcome(await until("the welcome", () => first.welcomes[0])).message;
    const bodies = await Promise.all(
      Array.from({ length: 300 }, (_, i) => rig.signed({ era, sequence: BigInt(i) })),
    );
    for (const body of bodies) {
      first.client.publish(TOPICS.attestation(rig.rig).name, Buffer.from(body), { qos: 1 });
    }
    await until("300 receipts", () => first.answers.length >= 300);
    t.equal(world.attestations(), 300);
    t.ok(first.answers.every((answer) => decodeAnswer(answer).kind === "receipt"));
    t.equal(world.db.prepare("SELECT online FROM rigs").pluck().get(), 1);

    await mosquitto.kill();
    await mosquitto.start();
    await connected(2);
    const second = await rigAt(t, mosquitto.url, world);
    second.client.publish(TOPICS.attestation(rig.rig).name, Buffer.from(bodies[7] ?? []), {
      qos: 1,
    });
    const again = decodeAnswer(await until("the receipt again", () => second.answers[0]));
    t.match(again, { kind: "receipt", message: { sequence: 7n } });
  },
);

t.test(
  "what came while the coordinator was away is there when it is back",
  { skip: NO_MOSQUITTO },
  async (t) => {
    const world = await openIntakeWorld(t.testdir());
    t.after(() => world.close());
    const mosquitto = await createMosquitto(t.testdirName);
    await mosquitto.start();
    t.after(() => mosquitto.kill());
    const before = carrierTo(t, world, { url: mosquitto.url });
    await before.carrier.start();
    await before.connected();
    await before.carrier.stop();
    await before.carrier.stop();
    const { client, welcomes } = await rigAt(t, mosquitto.url, world);
    await client.publishAsync(
      TOPICS.hello(world.rig.rig).name,
      Buffer.from(await world.rig.signedHello()),
      { qos: 1 },
    );
    const after = carrierTo(t, world, { url: mosquitto.url });
    await after.carrier.start();
    await until("the welcome", () => welcomes[0]);
    t.equal(welcomes.length, 1);
  },
);

t.test(
  "a login is sent, and one that is refused is tried again",
  { skip: NO_MOSQUITTO },
  async (t) => {
    const folder = t.testdir({ passwords: "", wrong: "nonsense\n" });
    const world = await openIntakeWorld(folder);
    t.after(() => world.close());
    const mosquitto = await createMosquitto(folder, [
      "allow_anonymous false",
      `password_file ${folder}/passwords`,
    ]);
    await mosquitto.start();
    t.after(() => mosquitto.kill());
    const { carrier, log } = carrierTo(t, world, {
      url: mosquitto.url,
      username: "c",
      passwordFile: `${folder}/wrong`,
    });
    await carrier.start();
    await until(
      "two refusals",
      () => log.lines.filter(({ level }) => level === "warn").length >= 2,
    );
    t.match(log.lines.find(({ level }) => level === "warn")?.facts, { error: /refused/ });
    t.notMatch(JSON.stringify(log.lines), /nonsense/, "the password is in no line");
  },
);

t.test("a broker without MQTT 5 is spoken to in 3.1.1", async (t) => {
  const world = await openIntakeWorld(t.testdir());
  t.after(() => world.close());
  const old = await Aedes.createBroker();
  const server = createServer((socket) => old.handle(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(async () => {
    await new Promise<void>((resolve) => old.close(resolve));
    await new Promise((resolve) => server.close(resolve));
  });
  const { carrier, connected } = carrierTo(t, world, { url: urlOf(server) });
  await carrier.start();
  t.match((await connected()).facts, { version: 4 });
  const { client, welcomes } = await rigAt(t, urlOf(server), world, 4);
  const hello = Buffer.from(await world.rig.signedHello());
  await client.publishAsync(TOPICS.hello(world.rig.rig).name, hello, { qos: 1 });
  await until("the welcome", () => welcomes[0]);
  await carrier.stop();
});

t.test("a broker that denies the coordinator its topics is named as the fault", async (t) => {
  const world = await openIntakeWorld(t.testdir({ password: "" }));
  t.after(() => world.close());
  // The embedded broker speaks 3.1.1 alone, and denies a rig's login the coordinator's subscriptions.
  const old = createBroker({
    host: "127.0.0.1",
    port: 0,
    loginHashOf: () => world.db.prepare<[], string>("SELECT login_hash FROM rigs").pluck().get(),
    receive: async () => undefined,
    log: createKeptLog(),
    meter: { count: () => {} },
  });
  await old.start();
  t.after(() => old.stop());
  const passwordFile = `${t.testdirName}/password`;
  writeFileSync(passwordFile, "secret\n");
  const { carrier, log } = carrierTo(t, world, {
    url: old.url,
    username: world.rig.rig,
    passwordFile,
  });
  await carrier.start();
  const line = await until("the denied subscription", () =>
    log.lines.find(({ level }) => level === "error"),
  );
  t.equal(line.message, "The broker does not let us hear the rigs");
});

t.test("a missing password file and a broker that says nothing are faults that pass", async (t) => {
  const world = await openIntakeWorld(t.testdir());
  t.after(() => world.close());
  const mute = createServer();
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  t.after(() => new Promise((resolve) => mute.close(resolve)));
  const url = urlOf(mute);
  const lost = carrierTo(t, world, { url, username: "c", passwordFile: "/nowhere" });
  await lost.carrier.start();
  await until(
    "two attempts",
    () => lost.log.lines.filter(({ level }) => level === "error").length >= 2,
  );
  const silent = carrierTo(t, world, { url });
  await silent.carrier.start();
  const begun = performance.now();
  await silent.carrier.stop();
  t.ok(performance.now() - begun < 2000, "stop does not wait for the broker");
});
