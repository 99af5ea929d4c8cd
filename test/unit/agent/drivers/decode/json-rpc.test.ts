import fc from "fast-check";
import t from "tap";
import { RigError } from "../../../../../agent/core/errors.ts";
import { jsonRpc, jsonRpcHex } from "../../../../../agent/drivers/decode/json-rpc.ts";
import { isOrdinary } from "../../../../support/ordinary-json.ts";

const codeFor = (decode: (reply: Uint8Array) => unknown, text: string | Uint8Array): string => {
  try {
    decode(Buffer.from(text));
    return "none";
  } catch (thrown) {
    return thrown instanceof RigError ? thrown.code : String(thrown);
  }
};

/** What the miner said in place of a result. */
const saidBy = (text: string): unknown => {
  try {
    return jsonRpc(Buffer.from(text));
  } catch (thrown) {
    return thrown instanceof RigError ? thrown.facts["said"] : thrown;
  }
};

t.test("a result is read, also beside an error that is none", async (t) => {
  t.strictSame(jsonRpc(Buffer.from('{"id":0,"error":null,"result":["1"]}\n')), {
    id: 0,
    error: null,
    result: ["1"],
  });
  t.equal(codeFor(jsonRpc, '{"error":"","result":[]}'), "none");
});

t.test("an error is a refusal, as an object or as a text", async (t) => {
  for (const text of [
    '{"id":0,"error":{"code":-32601,"message":"Method not found"}}',
    '{"error":"wrong password","result":null}',
    '{"error":{}}',
  ])
    t.equal(codeFor(jsonRpc, text), "driver-refused", text);
  t.equal(saidBy('{"error":{"code":-32601,"message":"Method not found"}}'), "Method not found");
  t.equal(saidBy('{"error":"wrong password"}'), "wrong password");
});

t.test(
  "hexadecimal numbers become numbers where they fit one, and nothing else does",
  async (t) => {
    const text =
      '{"a":["0x0000000003197500","0x10","0x8123456789abcdef","0x","x10",16,null],"b":"0xZZ"}';
    t.strictSame(jsonRpcHex(Buffer.from(text)), {
      a: [52_000_000, 16, "0x8123456789abcdef", "0x", "x10", 16, null],
      b: "0xZZ",
    });
  },
);

t.test(
  "a number written in 16 hex digits is itself, and no larger one is a wrong one",
  async () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (value) => {
        const written = `0x${value.toString(16).padStart(16, "0")}`;
        const { v } = jsonRpcHex(Buffer.from(JSON.stringify({ v: written }))) as { v: unknown };
        return v === written || (typeof v === "number" && BigInt(v) === value);
      }),
    );
  },
);

t.test("no bytes give anything but a document or a RigError", async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) =>
      [jsonRpc, jsonRpcHex].every((decode) =>
        ["none", "driver-garbled", "driver-refused"].includes(codeFor(decode, bytes)),
      ),
    ),
  );
});

t.test("a cut reply is garbled", async () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }).filter(isOrdinary),
      fc.nat(),
      (doc, at) => {
        const whole = JSON.stringify({ result: doc });
        return codeFor(jsonRpc, whole.slice(0, at % whole.length)) === "driver-garbled";
      },
    ),
  );
});
