import t from "tap";
import { json } from "../../../../../agent/drivers/decode/json.ts";

const read = (text: string): unknown => json(Buffer.from(text, "utf8"));

t.test("a worker name of digits without quotes keeps its zeros", async (t) => {
  t.strictSame(read('{"Worker": 004, "n": 1}'), { Worker: "004", n: 1 });
  t.strictSame(read('{"Worker":00}'), { Worker: "00" });
});

t.test("a byte order mark and a NUL at the end are no part of a reply", async (t) => {
  t.strictSame(read('\uFEFF{"a":1}\n\0'), { a: 1 });
});

t.test("an integer beyond 2^53 does not stop the rest from being read", async (t) => {
  t.match(read('{"best":18446744073709551615,"n":1}'), { n: 1 });
});

t.test("a key that names a prototype is a key like any other", async (t) => {
  const parsed = read('{"__proto__":{"polluted":1}}');
  t.equal(({} as Record<string, unknown>)["polluted"], undefined);
  t.ok(Object.hasOwn(parsed as object, "__proto__"));
});

t.test("what is no object and no array is garbled", async (t) => {
  for (const text of ["", "12", '"a"', "true", '{"a":', '{"Worker": 004', "<html>"])
    t.throws(() => read(text), { code: "driver-garbled" }, JSON.stringify(text));
});
