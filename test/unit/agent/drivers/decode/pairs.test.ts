import fc from "fast-check";
import t from "tap";
import { RigError } from "../../../../../agent/core/errors.ts";
import { pairs } from "../../../../../agent/drivers/decode/pairs.ts";

const read = (text: string): unknown => pairs(Buffer.from(text, "utf8"));
const codeFor = (bytes: Uint8Array): string => {
  try {
    pairs(bytes);
    return "none";
  } catch (thrown) {
    return thrown instanceof RigError ? thrown.code : String(thrown);
  }
};

const key = fc.stringMatching(/^[A-Z][A-Z0-9]{0,5}$/);
const value = fc
  .stringMatching(/^([A-Za-z0-9.=:/-][A-Za-z0-9 .=:/-]{0,10})?$/)
  .map((text) => text.trim());
const records = fc.array(fc.dictionary(key, value, { minKeys: 1, maxKeys: 5 }), {
  minLength: 1,
  maxLength: 4,
});
const written = (all: readonly Readonly<Record<string, string>>[]): string =>
  all
    .map((record) =>
      Object.entries(record)
        .map(([name, text]) => `${name}=${text}`)
        .join(";"),
    )
    .map((record) => `${record}|`)
    .join("");

t.test("records and pairs come apart, and values may hold what separates a pair", async (t) => {
  t.strictSame(read("GPU=0;BUS=1;SN=|OS=linux|\0"), [
    { GPU: "0", BUS: "1", SN: "" },
    { OS: "linux" },
  ]);
  t.strictSame(read("URL=stratum+tcp://pool.example:1?a=b;USER=x| \n"), [
    { URL: "stratum+tcp://pool.example:1?a=b", USER: "x" },
  ]);
  t.strictSame(read("__proto__=1|"), [Object.fromEntries([["__proto__", "1"]])]);
});

t.test("what has no end, no record or no pair is garbled", async (t) => {
  for (const text of ["", "|", "KHS=12", "KHS=12|ACC=", "word|", "A=1|word|", "{}", "=1|"])
    t.equal(codeFor(Buffer.from(text)), "driver-garbled", JSON.stringify(text));
});

t.test("what is written is read back, whatever its values hold", async () => {
  fc.assert(
    fc.property(records, (all) => {
      const expected = all.map((record) => ({ ...record }));
      return JSON.stringify(read(written(all))) === JSON.stringify(expected);
    }),
  );
});

t.test("a cut reply is garbled, or whole records of it: no value is half a value", async () => {
  fc.assert(
    fc.property(records, fc.nat(), (all, at) => {
      const whole = written(all);
      const cut = Buffer.from(whole.slice(0, at % whole.length));
      if (codeFor(cut) !== "none") return codeFor(cut) === "driver-garbled";
      const found = pairs(cut);
      return JSON.stringify(found) === JSON.stringify(all.slice(0, found.length));
    }),
  );
});

t.test("no bytes give anything but records or a RigError", async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) =>
      ["none", "driver-garbled"].includes(codeFor(bytes)),
    ),
  );
});
