import fc from "fast-check";
import t from "tap";
import { RigError } from "../../../../../agent/core/errors.ts";
import { jsonSequence } from "../../../../../agent/drivers/decode/json-sequence.ts";
import { isOrdinary } from "../../../../support/ordinary-json.ts";

const read = (text: string): unknown => jsonSequence(Buffer.from(text, "utf8"));
const codeFor = (text: string | Uint8Array): string => {
  try {
    jsonSequence(Buffer.from(text));
    return "none";
  } catch (thrown) {
    return thrown instanceof RigError ? thrown.code : String(thrown);
  }
};

const part = fc
  .dictionary(fc.string(), fc.jsonValue({ depthSize: "small" }), { minKeys: 1 })
  .filter(isOrdinary);

t.test("objects in a row are one object, with or without blanks between them", async (t) => {
  t.strictSame(read('{"a":1}{"b":{"c":"}{"}}\n {"d":[{}]}'), { a: 1, b: { c: "}{" }, d: [{}] });
  t.strictSame(read('{"a":"\\"}{"}'), { a: '"}{' });
});

t.test(
  "one name for two things, something between objects and a cut object are garbled",
  async (t) => {
    for (const text of [
      "",
      "{}",
      "3",
      "[1]",
      '{"a":1}{"a":2}',
      '{"a":1},{"b":2}',
      '{"a":1}{"b":',
      '{"a":1}x',
      '}{"a":1}',
      '{"a":1}"b"',
    ])
      t.equal(codeFor(text), "driver-garbled", text);
  },
);

t.test("objects with names of their own are read as they were written", async () => {
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 3 }),
      fc.constantFrom("", "\n"),
      (parts, gap) => {
        const own = parts.map((one, at) =>
          Object.fromEntries(Object.entries(one).map(([key, value]) => [`${at} ${key}`, value])),
        );
        const text = own.map((one) => JSON.stringify(one)).join(gap);
        return (
          JSON.stringify(read(text)) ===
          JSON.stringify(JSON.parse(JSON.stringify(Object.assign({}, ...own))))
        );
      },
    ),
  );
});

t.test("a cut reply is garbled, or the whole objects that came", async () => {
  fc.assert(
    fc.property(
      fc
        .dictionary(fc.stringMatching(/^[a-z]$/), fc.jsonValue(), { minKeys: 1 })
        .filter(isOrdinary),
      fc.nat(),
      (doc, at) => {
        const parts = Object.entries(doc).map(([key, value]) => JSON.stringify({ [key]: value }));
        const whole = parts.join("");
        const cut = whole.slice(0, at % whole.length);
        if (codeFor(cut) !== "none") return codeFor(cut) === "driver-garbled";
        const count = Object.keys(read(cut) as object).length;
        return cut === parts.slice(0, count).join("");
      },
    ),
  );
});

t.test("no bytes give anything but a document or a RigError", async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) =>
      ["none", "driver-garbled"].includes(codeFor(bytes)),
    ),
  );
});
