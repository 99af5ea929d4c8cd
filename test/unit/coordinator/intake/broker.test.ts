import { connect as connectSocket } from "node:net";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import t, { type Test } from "tap";
import { getRig, loginHashOf } from "../../../../coordinator/fleet/rigs.ts";
import { createBroker } from "../../../../coordinator/intake/broker.ts";
import { TOPICS } from "../../../../proto/topics.ts";
import { decodeAnswer, decodeWelcome } from "../../../../proto/wire.ts";
import {
  addKnownRig,
  coordinatorSigner,
  openIntakeWorld,
} from "../../../support/coordinator-intake.ts";
import { createKeptLog } from "../../../support/quiet-log.ts";
import { RigSide } from "../../../support/rig-side.ts";
import { until } from "../../../support/until.ts";

async function openBroker(test: Test) {
  const world = await openIntakeWorld(test.testdir());
  const log = createKeptLog();
  const broker = createBroker({
    host: "127.0.0.1",
    port: 0,
    loginHashOf: (rig) => loginHashOf(world.db, rig),
    receive: world.intake.receive,
    log,
    meter: world.counters,
  });
  await broker.start();
  test.after(async () => {
    await broker.stop();
    await world.close();
  });
  const client = async (options: IClientOptions = {}): Promise<MqttClient> => {
    const connected = await mqtt.connectAsync(
      broker.url,
      {
        protocolVersion: 4,
        username: world.rig.rig,
        password: "secret",
        reconnectPeriod: 0,
        ...options,
      },
      false,
    );
    connected.on("error", () => {});
    test.after(() => connected.endAsync(true));
    return connected;
  };
  return { world, broker, client, log };
}

t.test("a rig says hello, sends, and hears its welcome and its receipt", async (t) => {
  const { world, client } = await openBroker(t);
  const { rig } = world;
  const mine = await client();
  const heard = new Map<string, Buffer>();
  mine.on("message", (topic, payload) => heard.set(topic, payload));
  await mine.subscribeAsync([TOPICS.welcome(rig.rig).name, TOPICS.receipt(rig.rig).name], {
    qos: 1,
  });
  mine.publish(TOPICS.hello(rig.rig).name, Buffer.from(await rig.signedHello()), { qos: 1 });
  const welcome = await until("the welcome", () => heard.get(TOPICS.welcome(rig.rig).name));
  const { era } = decodeWelcome(welcome).message;
  const body = Buffer.from(await rig.signed({ era }));
  mine.publish(TOPICS.attestation(rig.rig).name, body, { qos: 1 });
  const receipt = await until("the receipt", () => heard.get(TOPICS.receipt(rig.rig).name));
  t.equal(decodeAnswer(receipt).kind, "receipt");
  t.equal(world.attestations(), 1);
});

t.test("MQTT 5 is answered so that a client can fall back", async (t) => {
  const { broker, world } = await openBroker(t);
  const options = { username: world.rig.rig, password: "secret", reconnectPeriod: 0 } as const;
  await t.rejects(mqtt.connectAsync(broker.url, { ...options, protocolVersion: 5 }, false), {
    code: 1,
  });
});

t.test("a wrong login is refused", async (t) => {
  const { client, world } = await openBroker(t);
  const stranger = new RigSide(coordinatorSigner.address).rig;
  const tries: IClientOptions[] = [
    { password: "guess" },
    { password: "" },
    { username: stranger },
    { username: "admin" },
    { username: world.rig.rig.toUpperCase() },
  ];
  for (const login of tries) await t.rejects(client(login), { code: 4 }, JSON.stringify(login));
  await t.rejects(
    mqtt.connectAsync(
      (await openBroker(t)).broker.url,
      { protocolVersion: 4, reconnectPeriod: 0 },
      false,
    ),
    { code: 4 },
    "no login at all",
  );
});

t.test("a rig reaches no topic but its own, in its own direction", async (t) => {
  const { world, client } = await openBroker(t);
  const other = new RigSide(coordinatorSigner.address);
  await addKnownRig(world.db, other.rig);
  const mine = await client();
  const forbidden = [
    "#",
    "rig/v1/#",
    `rig/v1/${world.rig.rig}/#`,
    `rig/v1/${world.rig.rig}/attestation`,
    TOPICS.receipt(other.rig).name,
    "$SYS/#",
  ];
  for (const topic of forbidden) {
    const granted = await mine.subscribeAsync(topic, { qos: 1 }).catch(() => [{ qos: 128 }]);
    t.equal(granted[0]?.qos, 128, topic);
  }
  const theirs = Buffer.from(await other.signedHello());
  for (const topic of [
    TOPICS.hello(other.rig).name,
    TOPICS.receipt(world.rig.rig).name,
    `rig/v1/${world.rig.rig}/hello/more`,
    "elsewhere",
  ]) {
    const one = await client();
    const closed = new Promise<void>((resolve) => one.once("close", () => resolve()));
    one.publish(topic, theirs, { qos: 1 });
    await closed;
  }
  t.equal(getRig(world.db, other.rig)?.era, 0);
  t.equal(world.counters.snapshot().get("rig_coordinator_publishes_denied_total"), 4);
});

t.test("a rig cannot end the session of another by taking its client id", async (t) => {
  const { world, client } = await openBroker(t);
  const other = new RigSide(coordinatorSigner.address);
  await addKnownRig(world.db, other.rig);
  const mine = await client({ clientId: "the-same" });
  const theirs = await client({ clientId: "the-same", username: other.rig });
  await theirs.publishAsync(TOPICS.hello(other.rig).name, Buffer.from(await other.signedHello()), {
    qos: 1,
  });
  await until("the other's hello", () => getRig(world.db, other.rig)?.era !== 0);
  t.equal(mine.connected, true);
});

t.test("presence is kept, and the last will says that a rig is gone", async (t) => {
  const { world, client, log } = await openBroker(t);
  const { name } = TOPICS.presence(world.rig.rig);
  const word = (online: boolean, since: number) =>
    JSON.stringify({ online, version: "1.2.3", since });
  const online = () => getRig(world.db, world.rig.rig)?.online;
  t.equal(online(), null, "nothing was heard yet");
  const first = await client({
    will: { topic: name, payload: Buffer.from(word(false, 10)), qos: 1, retain: true },
  });
  await first.publishAsync(name, word(true, 10), { qos: 1, retain: true });
  await until("presence", () => online() === 1);
  t.match(getRig(world.db, world.rig.rig), { version: "1.2.3", last_seen_at: world.now });
  first.stream.destroy();
  await until("the will", () => online() === 0);

  const second = await client();
  await second.publishAsync(name, word(true, 20), { qos: 1, retain: true });
  await until("presence again", () => online() === 1);
  for (const late of [word(false, 10), "not json", "{}", '{"online":1}', "null"]) {
    await second.publishAsync(name, late, { qos: 1 });
  }
  await second.publishAsync(TOPICS.hello(world.rig.rig).name, "x", { qos: 1 });
  await until("the hello after them", () =>
    world.counters.snapshot().has('rig_coordinator_hellos_unheard_total{code="malformed"}'),
  );
  t.equal(online(), 1, "a will of an older connection, and nonsense, change nothing");
  t.same(
    log.lines.filter(({ level }) => level === "error"),
    [],
  );
});

t.test("somebody who announces a great packet is cut off before it is kept", async (t) => {
  const { broker, client, world } = await openBroker(t);
  const { hostname, port } = new URL(broker.url);
  const socket = connectSocket(Number(port), hostname);
  t.after(async () => socket.destroy());
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => {});
  // CONNECT with a remaining length of 256 MiB.
  socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f, 0, 4]));
  await closed;

  const rig = await client();
  const ended = new Promise<void>((resolve) => rig.once("close", () => resolve()));
  rig.publish(TOPICS.attestation(world.rig.rig).name, Buffer.alloc(2 << 20), { qos: 1 });
  await ended;
  const next = await client();
  await next.publishAsync(TOPICS.attestation(world.rig.rig).name, Buffer.alloc((1 << 20) + 1), {
    qos: 1,
  });
  await until("the one that is a little too large", () =>
    world.counters.snapshot().has('rig_coordinator_refusals_total{code="too-large"}'),
  );
  t.pass("a message a little over the limit is counted by name");
});

t.test("stop ends open connections and can be called twice", async (t) => {
  const { broker, client } = await openBroker(t);
  const { hostname, port } = new URL(broker.url);
  const silent = connectSocket(Number(port), hostname);
  t.after(async () => silent.destroy());
  silent.on("error", () => {});
  const one = await client();
  const closed = Promise.all(
    [one, silent].map((c) => new Promise((resolve) => c.once("close", resolve))),
  );
  await broker.stop();
  await broker.stop();
  await closed;
  const taken = createBroker({
    host: "127.0.0.1",
    port: Number(new URL((await openBroker(t)).broker.url).port),
    loginHashOf: () => undefined,
    receive: async () => undefined,
    log: createKeptLog(),
    meter: { count: () => {} },
  });
  await t.rejects(taken.start(), { code: "broker-address-taken" });
  await taken.stop();
});
