import fc from "fast-check";
import t from "tap";
import { garbled, parseReply, textOf } from "../../../../../agent/drivers/decode/text.ts";

t.test("a text is read without byte order mark and what follows it", async (t) => {
  t.equal(textOf(Buffer.from('\uFEFF{"a":1}\0\r\n')), '{"a":1}');
});

t.test("bytes that are no UTF-8 are Latin-1", async (t) => {
  t.equal(textOf(Uint8Array.of(0x70, 0xf6, 0x6f, 0x6c)), "pöol");
});

t.test("any bytes are a text", async () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof textOf(bytes) === "string"));
});

t.test("only objects and arrays are replies", async (t) => {
  t.strictSame(parseReply('{"a":[1]}'), { a: [1] });
  t.strictSame(parseReply("[]"), []);
  for (const text of ["3", '"x"', "null", "true", "", "{", "NaN"])
    t.equal(parseReply(text), undefined, text);
});

t.test("a value that could not be written as a text is in no reply", async (t) => {
  const nested = (depth: number): string => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  t.ok(parseReply(nested(20)));
  t.equal(parseReply(nested(40)), undefined);
  t.equal(parseReply(nested(100_000)), undefined);
  t.equal(parseReply('{"a":{"b":[{"toString":1}]}}'), undefined);
  t.ok(parseReply('{"a":"toString"}'));
});

t.test("whatever is parsed can be written, value by value", async () => {
  const writable = (value: unknown): boolean =>
    typeof String(value) === "string" &&
    (typeof value !== "object" || value === null || Object.values(value).every(writable));
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom("toString", "valueOf", "__proto__", "constructor", "toJSON"),
  );
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      fc.constantFrom(1, "x", null),
      fc.array(tie("node")),
      fc.dictionary(key, tie("node")),
    ),
  })).node;
  fc.assert(
    fc.property(tree, (made) => {
      const parsed = parseReply(JSON.stringify(made));
      return parsed === undefined || writable(parsed);
    }),
  );
});

t.test("a garbled reply is quoted by its beginning only", async (t) => {
  const { code, facts } = garbled("no JSON", `${"x".repeat(60)}secret`);
  t.equal(code, "driver-garbled");
  t.notMatch(facts, { begins: /secret/ });
  t.equal(facts["characters"], 66);
});
