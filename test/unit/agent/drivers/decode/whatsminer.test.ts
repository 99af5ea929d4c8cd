import fc from "fast-check";
import t from "tap";
import { RigError } from "../../../../../agent/core/errors.ts";
import {
  whatsminerReply,
  whatsminerV3Reply,
} from "../../../../../agent/drivers/decode/whatsminer.ts";

type Decode = (reply: Uint8Array) => object;

const codeFor = (decode: Decode, bytes: Uint8Array): string => {
  try {
    decode(bytes);
    return "none";
  } catch (thrown) {
    return thrown instanceof RigError ? thrown.code : String(thrown);
  }
};
const codeForText = (decode: Decode, text: string): string =>
  codeFor(decode, Buffer.from(text, "utf8"));

t.test("a status without a list around it is read, and its refusal is one", async (t) => {
  t.strictSame(whatsminerReply(Buffer.from('{"STATUS":"S","Code":131,"Msg":{"a":1},}')), {
    STATUS: "S",
    Code: 131,
    Msg: { a: 1 },
  });
  t.equal(
    codeForText(whatsminerReply, '{"STATUS":"E","Code":14,"Msg":"invalid cmd"}'),
    "driver-refused",
  );
  t.equal(
    codeForText(whatsminerReply, '{"STATUS":[{"STATUS":"E","Code":14,"Msg":"invalid"}],"id":1}'),
    "driver-refused",
  );
});

t.test("that the miner behind the API does not run is a refusal", async (t) => {
  const text = "Socket connect failed: Connection refused\n";
  t.equal(codeForText(whatsminerReply, text), "driver-refused");
  t.equal(codeForText(whatsminerV3Reply, text), "driver-garbled", "not in version 3");
});

t.test("a reply of version 3 with code 0 is read, any other is a refusal", async (t) => {
  t.strictSame(whatsminerV3Reply(Buffer.from('{"code":0,"msg":{"a":1}}')), {
    code: 0,
    msg: { a: 1 },
  });
  t.equal(
    codeForText(whatsminerV3Reply, '{"code":-3,"msg":"param item is null"}'),
    "driver-refused",
  );
  t.equal(
    codeForText(whatsminerV3Reply, '{"code":"-1","msg":{"why":"an object"}}'),
    "driver-refused",
  );
});

t.test("a reply that is cut is garbled", async (t) => {
  const cases = [
    [whatsminerReply, '{"STATUS":"S","When":1790000000,"Msg":{"error_code":[{"218":"x"}]}}'],
    [whatsminerV3Reply, '{"code":0,"msg":{"summary":{"hash-realtime":186.0625}}}'],
  ] as const;
  for (const [decode, text] of cases)
    for (let length = 0; length < text.length; length += 1)
      t.equal(codeForText(decode, text.slice(0, length)), "driver-garbled", `${length} of ${text}`);
});

t.test("any bytes give a value or a RigError", async (t) => {
  for (const decode of [whatsminerReply, whatsminerV3Reply])
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => ["none", "driver-garbled", "driver-refused"].includes(codeFor(decode, bytes)),
      ),
    );
  t.pass("held");
});
