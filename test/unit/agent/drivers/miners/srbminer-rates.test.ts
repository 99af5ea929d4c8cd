import t from "tap";
import { orderly } from "../../../../../agent/drivers/miners/srbminer-rates.ts";
import { listOf, pointer } from "../../../../../agent/drivers/pointer.ts";
import { readsGrowth } from "../../../../support/reads-growth.ts";

const algorithm = (name: string, gpu: unknown, cpu?: unknown) => ({ name, hashrate: { gpu, cpu } });
/** What the GPUs mine, in the order of the reply. */
const minedIn = (reply: unknown): readonly unknown[] =>
  listOf(pointer(orderly(reply), "/gpus")).map((gpu) => pointer(gpu, "/mined"));
const membersIn = (reply: unknown, list: string, member: string): readonly unknown[] =>
  listOf(pointer(orderly(reply), list)).map((one) => pointer(one, member));

t.test("a rate is of the GPU that it names, wherever that stands in the list", async (t) => {
  const rates = { gpu0: 10, gpu3: 30, total: 40 };
  for (const [what, devices] of [
    ["by name", [{ device: "GPU3" }, { device: "gpu0" }]],
    ["by id", [{ id: 3 }, { id: 0 }]],
    ["by the older id", [{ device_id: 3 }, { device_id: 0 }]],
    [
      "by name before id",
      [
        { device: "gpu3", id: 0 },
        { device: "gpu0", id: 3 },
      ],
    ],
  ] as const)
    t.strictSame(
      minedIn({ gpu_devices: devices, algorithms: [algorithm("kaspa", rates)] }),
      [[{ name: "kaspa", rate: 30 }], [{ name: "kaspa", rate: 10 }]],
      what,
    );
});

t.test("every schema is read to the same", async (t) => {
  const mined = [[{ name: "kaspa", rate: 30 }]];
  const gpu_devices = [{ device: "GPU2" }];
  t.strictSame(minedIn({ gpu_devices, algorithms: [algorithm("kaspa", { gpu2: 30 })] }), mined);
  t.strictSame(minedIn({ gpu_devices, algorithm: "kaspa", gpu_hashrate: [{ GPU2: 30 }] }), mined);
  t.strictSame(
    minedIn({ devices: [{ device: "GPU2", hashrate: 30 }], cryptonight_type: "kaspa" }),
    mined,
  );
});

t.test("a GPU that mines two algorithms has the rate of each", async (t) => {
  t.strictSame(
    minedIn({
      gpu_devices: [{ id: 0 }, { id: 1 }],
      algorithms: [algorithm("kaspa", { gpu0: 1, gpu1: 2 }), algorithm("zil", { gpu1: 0 })],
    }),
    [
      [{ name: "kaspa", rate: 1 }],
      [
        { name: "kaspa", rate: 2 },
        { name: "zil", rate: 0 },
      ],
    ],
  );
});

t.test("a GPU without a rate is not given another's, and is not left out", async (t) => {
  for (const device of [{}, { id: 9 }, { device: 7 }, { id: null }, { device: "0" }])
    t.strictSame(
      minedIn({ gpu_devices: [{ id: 0 }, device], algorithms: [algorithm("kaspa", { gpu0: 1 })] }),
      [[{ name: "kaspa", rate: 1 }], [{ name: "kaspa" }]],
      JSON.stringify(device),
    );
});

t.test("a rate of a GPU that is not in the list is kept, once for each GPU", async (t) => {
  t.strictSame(
    minedIn({
      gpu_devices: [{ id: 0 }],
      algorithms: [
        algorithm("kaspa", { gpu0: 1, GPU5: 2, total: 3, gpu: 9, gpux: 9 }),
        algorithm("zil", { gpu5: 4 }),
      ],
    }),
    [
      [{ name: "kaspa", rate: 1 }],
      [
        { name: "kaspa", rate: 2 },
        { name: "zil", rate: 4 },
      ],
    ],
  );
});

t.test("the CPU mines what its threads work on, or the only thing that is mined", async (t) => {
  const working = { thread0: 5, total: 5 };
  const namesOf = (reply: object): readonly unknown[] => membersIn(reply, "/cpus", "/name");
  const one = [algorithm("kaspa", {}, { total: 0 })];
  const two = [algorithm("kaspa", {}, { total: 0 }), algorithm("randomx", {}, working)];
  for (const [reply, names] of [
    [{ total_cpu_workers: 8, algorithms: two }, ["randomx"]],
    [{ total_cpu_workers: 0, algorithms: two }, []],
    [{ algorithms: two }, []],
    [{ total_cpu_workers: "8", algorithms: two }, []],
    [{ total_cpu_workers: 8, algorithms: one }, ["kaspa"]],
    [{ total_cpu_workers: 8, algorithms: [algorithm("kaspa", {}, {})] }, []],
    [{ total_cpu_workers: 8, algorithms: [algorithm("kaspa", {}, [5])] }, []],
    [{ algorithm: "randomx", cpu_hashrate: [working] }, ["randomx"]],
    [{ algorithm: "randomx", cpu_hashrate: working }, []],
    [{ algorithm: "randomx" }, []],
  ] as const)
    t.strictSame(namesOf(reply), names, JSON.stringify(reply));
});

t.test("a bus number is written in hexadecimal, and a whole address is as it is", async (t) => {
  for (const [device, address] of [
    [{ bus_id: 16 }, "10"],
    [{ bus_id: 10 }, "a"],
    [{ bus_id: 0 }, "0"],
    [{ bus_id: 16, topology_id: "03:00.0" }, "03:00.0"],
    [{ bus_id: -1 }, undefined],
    [{ bus_id: 1.5 }, undefined],
    [{ bus_id: "16" }, undefined],
    [{ bus_id: null }, undefined],
    [{}, undefined],
  ] as const)
    t.strictSame(
      membersIn({ gpu_devices: [device] }, "/gpus", "/address"),
      [address],
      JSON.stringify(device),
    );
});

t.test(
  "a fan that stands still is a reading unless the sensor beside it says nothing",
  async (t) => {
    for (const [device, fan] of [
      [{ temperature: 31, fan_speed_rpm: 0 }, 0],
      [{ temperature: 0, fan_speed_rpm: 0 }, undefined],
      [{ temperature: 0, fan_speed_rpm: 900 }, 900],
      [{ fan_speed_rpm: 0 }, 0],
      [{ temperature: 31 }, undefined],
    ] as const)
      t.strictSame(
        membersIn({ gpu_devices: [device] }, "/gpus", "/fan"),
        [fan],
        JSON.stringify(device),
      );
  },
);

t.test("more algorithms than it mines at once are put in no order", async (t) => {
  const reply = (length: number) => ({
    algorithms: Array.from({ length }, () => algorithm("kaspa", {})),
  });
  t.equal(membersIn(reply(16), "/programs", "/name").length, 16);
  const seventeen = reply(17);
  t.equal(orderly(seventeen), seventeen);
});

t.test("what has the wrong shape has no rates, and never another exception", async (t) => {
  for (const none of [undefined, null, 7, "rates", [], [{ algorithms: [] }]])
    t.equal(orderly(none), none);
  for (const odd of [null, 7, "gpu0", [1], { 0: 1 }])
    for (const reply of [
      { gpu_devices: odd, algorithms: odd },
      { gpu_devices: [odd, { id: 0 }], algorithms: [odd, { name: "kaspa", hashrate: odd }] },
      { gpu_devices: [{ id: 0 }], algorithms: [{ name: "kaspa", hashrate: { gpu: odd } }] },
      { devices: [{ id: 0 }], gpu_hashrate: odd, cpu_hashrate: [odd] },
    ])
      for (const mined of minedIn(reply))
        t.equal(pointer(mined, "/0/rate"), undefined, JSON.stringify(reply));
});

t.test("four times as many GPUs are looked at four times as often", async (t) => {
  const rates = (length: number, from = 0) =>
    Object.fromEntries(Array.from({ length }, (_, place) => [`gpu${place + from}`, 1]));
  const devices = (length: number) => Array.from({ length }, (_, id) => ({ id, bus_id: id }));
  for (const [what, replyOf] of [
    [
      "each with a rate",
      (length: number) => ({
        gpu_devices: devices(length),
        algorithms: [algorithm("a", rates(length)), algorithm("b", rates(length))],
      }),
    ],
    [
      "none with a rate, and rates of others",
      (length: number) => ({
        gpu_devices: devices(length),
        algorithms: [algorithm("a", rates(length, length))],
      }),
    ],
    [
      "in the older schema",
      (length: number) => ({ devices: devices(length), gpu_hashrate: [rates(length)] }),
    ],
  ] as const) {
    const growth = readsGrowth<object>(replyOf, orderly);
    t.ok(growth < 4.1, `${what}: ${growth}`);
  }
});
