import fc from "fast-check";
import t from "tap";
import { RigError } from "../../../../../agent/core/errors.ts";
import { cgminerOrText } from "../../../../../agent/drivers/decode/cgminer-text.ts";

const read = (text: string): unknown => cgminerOrText(Buffer.from(text, "utf8"));
const codeFor = (bytes: Uint8Array): string => {
  try {
    cgminerOrText(bytes);
    return "none";
  } catch (thrown) {
    return thrown instanceof RigError ? thrown.code : String(thrown);
  }
};

const TEXT =
  "STATUS=S,When=61,Code=70,Msg=CGMiner stats,Description=cgminer 4.11.1|" +
  "STATS=0,ID=AVA100,MM ID0=Ver[1] SYSTEMSTATU[Work: In Work, Hash Board: 3 ] Elapsed[60],MM Count=1|" +
  "STATS=1,ID=POOL0,Elapsed=60|\0";

t.test("the text form is put in the order of the JSON form", async (t) => {
  t.strictSame(read(TEXT), {
    STATUS: [
      { STATUS: "S", When: "61", Code: "70", Msg: "CGMiner stats", Description: "cgminer 4.11.1" },
    ],
    STATS: [
      {
        STATS: "0",
        ID: "AVA100",
        "MM ID0": "Ver[1] SYSTEMSTATU[Work: In Work, Hash Board: 3 ] Elapsed[60]",
        "MM Count": "1",
      },
      { STATS: "1", ID: "POOL0", Elapsed: "60" },
    ],
  });
  t.strictSame(read("STATUS=S,When=1|SUMMARY,Elapsed=9,MHS av=1.50|"), {
    STATUS: [{ STATUS: "S", When: "1" }],
    SUMMARY: [{ Elapsed: "9", "MHS av": "1.50" }],
  });
  t.strictSame(read("STATUS=S|POOL=0,URL=a\\,b\\=c\\|d|ASC=0,Name=x|PGA=1,Name=y|"), {
    STATUS: [{ STATUS: "S" }],
    POOLS: [{ POOL: "0", URL: "a,b=c|d" }],
    DEVS: [
      { ASC: "0", Name: "x" },
      { PGA: "1", Name: "y" },
    ],
  });
});

t.test("the JSON form is read as ever", async (t) => {
  t.strictSame(read('{"STATUS":[{"STATUS":"S"}]"SUMMARY":[{"Elapsed":9}],"id":1}\0'), {
    STATUS: [{ STATUS: "S" }],
    SUMMARY: [{ Elapsed: 9 }],
    id: 1,
  });
});

t.test("an error in either form is a refusal", async (t) => {
  t.equal(codeFor(Buffer.from("STATUS=E,When=1,Code=14,Msg=Invalid command|\0")), "driver-refused");
  t.equal(codeFor(Buffer.from('{"STATUS":[{"STATUS":"E","Msg":"no"}]}')), "driver-refused");
});

t.test("a text that is cut inside a section is garbled", async (t) => {
  for (let length = 0; length < TEXT.length - 2; length += 1) {
    const isEnd = TEXT.charAt(length - 1) === "|";
    t.equal(
      codeFor(Buffer.from(TEXT.slice(0, length))),
      isEnd ? "none" : "driver-garbled",
      `${length}`,
    );
  }
});

t.test("any bytes give a value or a fault with a name", async (t) => {
  const allowed = ["none", "driver-garbled", "driver-refused"];
  const lead = fc.constantFrom("", "STATUS=S,When=1|", "STATUS=E|", "STATUS=");
  fc.assert(
    fc.property(lead, fc.uint8Array({ maxLength: 200 }), (start, bytes) =>
      allowed.includes(codeFor(Buffer.concat([Buffer.from(start), bytes]))),
    ),
  );
  const pieces = fc.array(fc.constantFrom("|", ",", "=", "\\", "a", "__proto__", "[", "]", "1"));
  fc.assert(
    fc.property(lead, pieces, (start, parts) =>
      allowed.includes(codeFor(Buffer.from(`${start}${parts.join("")}`))),
    ),
  );
  t.pass("held");
});
