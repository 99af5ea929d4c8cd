import fc from "fast-check";
import t from "tap";
import { RigError } from "../../../../../agent/core/errors.ts";
import { graphql } from "../../../../../agent/drivers/decode/graphql.ts";

const codeFor = (bytes: Uint8Array): string => {
  try {
    graphql(bytes);
    return "none";
  } catch (thrown) {
    return thrown instanceof RigError ? thrown.code : String(thrown);
  }
};
const codeForText = (text: string): string => codeFor(Buffer.from(text, "utf8"));

t.test("a reply with errors and nothing beside them is a refusal", async (t) => {
  t.equal(codeForText('{"errors":[{"message":"Forbidden"}],"data":null}'), "driver-refused");
  t.equal(codeForText('{"errors":[{"message":"no such field"}]}'), "driver-refused");
});

t.test("what was found stays, also beside errors", async (t) => {
  const reply = { errors: [{ message: "one of many" }], data: { bos: { hostname: "h" } } };
  t.strictSame(graphql(Buffer.from(JSON.stringify(reply))), reply);
  t.strictSame(graphql(Buffer.from('{"data":{"a":1}}')), { data: { a: 1 } });
});

t.test("any bytes give a value or a RigError", async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) =>
      ["none", "driver-garbled", "driver-refused"].includes(codeFor(bytes)),
    ),
  );
  fc.assert(
    fc.property(fc.json(), (text) =>
      ["none", "driver-garbled", "driver-refused"].includes(codeForText(text)),
    ),
  );
  t.pass("held");
});

t.test("a reply that is cut is garbled", async (t) => {
  const whole = Buffer.from('{"data":{"bos":{"uptime":{"durationS":86520}}}}');
  for (let length = 0; length < whole.length; length += 1)
    t.equal(codeFor(whole.subarray(0, length)), "driver-garbled", `${length} bytes`);
});
