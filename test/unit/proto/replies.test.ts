import fc from "fast-check";
import t from "tap";
import { packReplies, unpackReplies } from "../../../proto/replies.ts";

t.test("replies are packed in the order of their names and unpacked byte for byte", async (t) => {
  const packed = packReplies({ b: Buffer.from("two"), a: Uint8Array.of(0, 255) });
  t.equal(
    Buffer.from(packed).toString("hex"),
    "00000001610000000200ff000000016200000003" + "74776f",
  );
  t.strictSame(packReplies({ a: Uint8Array.of(0, 255), b: Buffer.from("two") }), packed);
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), fc.uint8Array()), (replies) => {
      const back = unpackReplies(packReplies(replies)) ?? {};
      t.strictSame(Object.keys(back).sort(), Object.keys(replies).sort());
      for (const [ask, reply] of Object.entries(replies))
        if (!Buffer.from(back[ask] ?? []).equals(reply)) t.fail(ask);
    }),
  );
});

t.test("what is no run of packed replies is none", async (t) => {
  const packed = packReplies({ stats: Buffer.from("abc") });
  for (let length = 1; length < packed.length; length += 1)
    t.equal(unpackReplies(packed.subarray(0, length)), undefined, `cut at ${length}`);
  t.equal(unpackReplies(Uint8Array.of(255, 255, 255, 255, 1)), undefined);
});
