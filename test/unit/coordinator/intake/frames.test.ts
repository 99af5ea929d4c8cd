import fc from "fast-check";
import t from "tap";
import { createFrameLimit } from "../../../../coordinator/intake/frames.ts";

/** A PUBLISH of MQTT 3.1.1 at QoS 0 on the topic "t". */
function publish(size: number): Buffer {
  const length: number[] = [];
  for (let rest = size + 3; rest > 0; rest = Math.floor(rest / 128)) {
    length.push((rest % 128) + (rest >= 128 ? 128 : 0));
  }
  return Buffer.concat([Buffer.from([0x30, ...length, 0, 1, 0x74]), Buffer.alloc(size, 0xff)]);
}

t.test("packets within the limit pass however they are cut", async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(300), fc.nat(20_000)), { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      (sizes, cuts, oneTooLarge) => {
        const packets = sizes.map(publish);
        if (oneTooLarge) packets.push(publish(30_000));
        const within = createFrameLimit(() => 20_003);
        let rest = Buffer.concat(packets);
        let ok = true;
        for (let i = 0; rest.length > 0; i += 1) {
          const cut = cuts[i % cuts.length] ?? 1;
          ok = ok && within(rest.subarray(0, cut));
          rest = rest.subarray(cut);
        }
        t.equal(ok, !oneTooLarge);
      },
    ),
    { numRuns: 200 },
  );
});

t.test("a length is refused at its first byte too many, and one that never ends", async (t) => {
  t.equal(createFrameLimit(() => 100)(Buffer.from([0x30, 0x65])), false);
  t.equal(createFrameLimit(() => 100)(Buffer.from([0x30, 0x64])), true);
  const endless = Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x80]);
  t.equal(createFrameLimit(() => 1 << 30)(endless), false);
});

t.test("the limit may grow between two packets", async (t) => {
  let limit = 10;
  const within = createFrameLimit(() => limit);
  t.equal(within(Buffer.from([0x10, 2, 0, 0])), true);
  limit = 200;
  t.equal(within(Buffer.from([0x30, 100])), true);
});
