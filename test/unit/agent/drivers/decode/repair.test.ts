import fc from "fast-check";
import t from "tap";
import { repair } from "../../../../../agent/drivers/decode/repair.ts";

t.test(
  "what ends inside a bracket or a string is not complete, and is not completed",
  async (t) => {
    for (const text of [
      "",
      " ",
      "{",
      '{"A":1',
      '{"A":"x',
      '{"A":"x\\',
      "[1,[2]",
      '{"A":[1}',
      "}",
      "A{}",
    ])
      t.notOk(repair(text).complete, text);
  },
);

t.test("what follows the end of the reply is no part of it", async (t) => {
  for (const after of ["", " ", "\0", '"}', "{}", ",1]"])
    t.strictSame(repair(`[1]${after}`), { text: "[1]", complete: true }, JSON.stringify(after));
});

t.test("a value that is left out or no number becomes null, and never a number", async (t) => {
  for (const [text, repaired] of [
    ['{"A":}', '{"A":null}'],
    ['{"A":,"B":}', '{"A":null,"B":null}'],
    ["[nan -inf +Infinity]", "[null,null,null]"],
    ["[nano]", "[nano]"],
  ] as const)
    t.equal(repair(text).text, repaired, text);
});

t.test("commas are put right without a change to any value", async () => {
  const word = fc.oneof(
    fc.integer().map(String),
    fc.string().map((text) => JSON.stringify(text)),
  );
  const gap = fc.constantFrom(",", ",,", " ", " , ,", "\n");
  fc.assert(
    fc.property(fc.array(fc.tuple(word, gap), { minLength: 1 }), (members) => {
      const spoilt = `[,${members.map((member) => member.join("")).join(" ")}]`;
      const { text, complete } = repair(spoilt);
      return complete && text === `[${members.map(([value]) => value).join(",")}]`;
    }),
  );
});
