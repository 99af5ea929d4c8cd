import t from "tap";
import { startReplay } from "../../../../scripts/simulate/replay.ts";
import { ask, command, get, parsed } from "./asking.ts";

const OWN = { STATUS: [{ STATUS: "S" }], STATS: [{}, { "GHS 5s": 12.5 }] };
const FOLDER = {
  s19: {
    "stats.reply": JSON.stringify(OWN),
    "rpc_pools.json": '{"POOLS":[]}\0',
    "expected.json": "{}",
    "SOURCE.txt": "nowhere",
  },
  gamma: { "api_system_info.json": '{"ASICModel":"BM1370"}', "root.json": '{"root":true}' },
  odd: {
    "a.raw.txt": '{"a":1}',
    "requests.json": '{"a.raw.txt":{"transport":"tcp","request":"{\\"command\\":\\"devs\\"}"}}',
  },
};

t.test("each folder of replies is a device that answers in both protocols", async (t) => {
  const replay = await startReplay({
    folder: t.testdir(FOLDER),
    ports: "any",
    baseAddress: "127.0.70.0",
  });
  t.after(() => replay.stop());
  const at = (name: string): string =>
    replay.devices.find((device) => device.name === name)?.addresses[0] ?? "";
  t.strictSame(replay.devices.map(({ name }) => name).sort(), ["gamma", "odd", "s19"]);
  t.strictSame(parsed(await command(at("s19"), "stats")), OWN);
  t.strictSame(parsed(await command(at("s19"), "pools")), { POOLS: [] }, "one NUL, not two");
  t.equal(parsed(await command(at("s19"), "expected")).STATUS[0].Code, 14, "no reply, no answer");
  t.equal((await get(at("gamma"), "/api/system/info")).ASICModel, "BM1370");
  t.equal((await get(at("gamma"), "/")).root, true);
  await t.rejects(get(at("gamma"), "/api/system/asic"), /404/);
  t.strictSame(parsed(await command(at("odd"), "devs")), { a: 1 }, "as requests.json has it");
  t.strictSame(
    replay.log.entries.map(({ device, ask: asked }) => [device, asked]),
    [
      ["s19", "stats"],
      ["s19", "pools"],
      ["gamma", "/api/system/info"],
      ["gamma", "/"],
      ["odd", "devs"],
    ],
  );
});

t.test("a path cannot climb out of the folder", async (t) => {
  const folder = t.testdir({ secret: "x", "secret.json": "{}", in: { "stats.reply": "{}" } });
  const replay = await startReplay({
    folder: `${folder}/in`,
    ports: "any",
    baseAddress: "127.0.71.0",
  });
  t.after(() => replay.stop());
  const address = replay.devices[0]?.addresses[0] ?? "";
  const climbing = "GET /../secret HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
  t.match((await ask(address, climbing)).bytes.toString(), /^HTTP\/1\.1 404/);
  t.equal(parsed(await command(address, "../secret")).STATUS[0].Code, 14);
});

t.test("stopping frees the ports, and an empty folder is refused", async (t) => {
  const replay = await startReplay({
    folder: t.testdir(FOLDER),
    ports: "any",
    baseAddress: "127.0.72.0",
  });
  const address = replay.devices[0]?.addresses[0] ?? "";
  const hanging = ask(address, "GET", 10_000);
  await replay.stop();
  t.not((await hanging).how, "waiting");
  t.equal((await ask(address, "x")).how, "refused");
  await t.rejects(startReplay({ folder: t.testdir({ empty: {} }) }), /holds no/);
});
