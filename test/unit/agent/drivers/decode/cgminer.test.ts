import fc from "fast-check";
import t from "tap";
import { RigError } from "../../../../../agent/core/errors.ts";
import { cgminer } from "../../../../../agent/drivers/decode/cgminer.ts";
import { isOrdinary } from "../../../../support/ordinary-json.ts";

const read = (text: string): unknown => cgminer(Buffer.from(text, "utf8"));
const codeFor = (bytes: Uint8Array): string => {
  try {
    cgminer(bytes);
    return "none";
  } catch (thrown) {
    return thrown instanceof RigError ? thrown.code : String(thrown);
  }
};
const codeForText = (text: string): string => codeFor(Buffer.from(text, "utf8"));

// Replies are objects whose keys and strings may hold everything that the repairs look for.
const tricky = fc.oneof(
  fc.string(),
  fc.constantFrom("}{", ",,", "nan", '"', "\\", "]", "{", "a\nb", "\u00e9"),
);
const reply = fc
  .dictionary(
    tricky.filter((key) => key !== "__proto__" && key !== "STATUS"),
    fc.jsonValue({ depthSize: "small" }),
    { minKeys: 1 },
  )
  .filter(isOrdinary);

t.test("what firmware gets wrong between tokens is put right", async (t) => {
  const cases: readonly (readonly [text: string, expected: unknown])[] = [
    ['{"A":[{"x":1}{"y":2}],"id":1}', { A: [{ x: 1 }, { y: 2 }], id: 1 }],
    ['{"A":1 "B":2}', { A: 1, B: 2 }],
    ['{"A":[1,2,],}', { A: [1, 2] }],
    ['{,"A":[,1,,2]}', { A: [1, 2] }],
    [
      '{"A":nan,"B":-nan,"C":inf,"D":-INF,"E":Infinity}',
      { A: null, B: null, C: null, D: null, E: null },
    ],
    ['{"A":"one\ntwo\ttabs"}', { A: "one\ntwo\ttabs" }],
    ['{"A":1,"id":1}"}', { A: 1, id: 1 }],
    ['{"A":,"B":2}', { A: null, B: 2 }],
    ['{"A":1}\0\0', { A: 1 }],
    ['\uFEFF{"A":1}\r\n\0', { A: 1 }],
    ['{"A":"}{ nan ,, [","B":1,}', { A: "}{ nan ,, [", B: 1 }],
    ['{"A":"a\\"}{b","B":2,}', { A: 'a"}{b', B: 2 }],
  ];
  for (const [text, expected] of cases) t.strictSame(read(text), expected, text);
});

t.test("a reply that is no UTF-8 is read as Latin-1", async (t) => {
  t.strictSame(cgminer(Buffer.from('{"A":"caf\xe9"}', "latin1")), { A: "café" });
});

t.test("an answer that is an error of the miner is a refusal", async (t) => {
  t.equal(
    codeForText('{"STATUS":[{"STATUS":"E","Code":14,"Msg":"Invalid command"}],"id":1}\0'),
    "driver-refused",
  );
  t.equal(codeForText('{"STATUS":"E","Msg":"no"}'), "none", "only in the form that cgminer has");
});

t.test("what is no reply at all is garbled", async (t) => {
  const texts = [
    "",
    "\0\0",
    "null",
    "1234",
    '"text"',
    "Socket connect failed: Connection refused",
    "<html>",
    "}{",
    "{]",
    '{"A"}',
  ];
  for (const text of texts) t.equal(codeForText(text), "driver-garbled", JSON.stringify(text));
});

t.test("a whole reply is read as JSON.parse reads it, whatever its strings hold", async () => {
  fc.assert(
    fc.property(reply, fc.integer({ min: 0, max: 3 }), (whole, nuls) => {
      const text = JSON.stringify(whole);
      const got = read(`${text}${"\0".repeat(nuls)}`);
      if (JSON.stringify(got) !== text)
        throw new Error(`${text} was read as ${JSON.stringify(got)}`);
    }),
  );
});

t.test("a reply that is cut anywhere is garbled, never half a reply for a whole one", async () => {
  fc.assert(
    fc.property(
      reply,
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (whole, part) => {
        const bytes = Buffer.from(JSON.stringify(whole), "utf8");
        const code = codeFor(bytes.subarray(0, Math.floor(bytes.length * part)));
        if (code !== "driver-garbled") throw new Error(code);
      },
    ),
  );
});

t.test("a reply with missing commas that is cut is garbled too", async (t) => {
  const text = '{"STATS":[{"a":"x","b":nan}{"c":1,"d":[1,2,]}],"id":1}';
  for (let length = 0; length < text.length; length += 1)
    t.equal(codeForText(text.slice(0, length)), "driver-garbled", `at ${length}`);
});

t.test("no bytes make it fail with anything but a RigError", async () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.string().map((text) => Buffer.from(`{${text}}`)),
      ),
      (bytes) => {
        const code = codeFor(bytes);
        if (!/^(none|driver-)/.test(code)) throw new Error(code);
      },
    ),
    { numRuns: 500 },
  );
});

t.test("a thousand brackets a byte do not overflow the stack", async (t) => {
  t.equal(codeForText("[{".repeat(200_000)), "driver-garbled");
  t.equal(
    codeForText(`${"[".repeat(100_000)},${"]".repeat(100_000)}`).replace("none", "driver-garbled"),
    "driver-garbled",
  );
});
