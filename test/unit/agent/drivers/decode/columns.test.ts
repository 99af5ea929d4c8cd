import fc from "fast-check";
import t from "tap";
import { RigError } from "../../../../../agent/core/errors.ts";
import { columns } from "../../../../../agent/drivers/decode/columns.ts";

const read = (text: string): unknown =>
  columns(["index", "name", "power"])(Buffer.from(text, "utf8"));

t.test("each line is a record", async (t) => {
  t.strictSame(read("0, RTX 3070, 120.5\r\n1, RTX 3080, 240\n"), [
    { index: "0", name: "RTX 3070", power: "120.5" },
    { index: "1", name: "RTX 3080", power: "240" },
  ]);
});

t.test("what nvidia-smi prints in place of a value is no value", async (t) => {
  for (const word of [
    "[N/A]",
    "[n/a]",
    "N/A",
    "[Not Supported]",
    "ERR!",
    "[Unknown Error]",
    "[GPU requires reset]",
    "[Insufficient Permissions]",
    "GPU is lost",
    "",
  ])
    t.strictSame(read(`0, RTX, ${word}\n`), [{ index: "0", name: "RTX", power: null }], word);
});

t.test("a line that is a complaint leaves the others readable", async (t) => {
  t.strictSame(read("0, RTX, 1\nGPU 0000:0B:00.0 is lost\n"), [
    { index: "0", name: "RTX", power: "1" },
    null,
  ]);
});

t.test("where no line fits the reply is garbled", async (t) => {
  for (const text of ["No devices were found\n", "0, RTX\n"])
    t.throws(() => read(text), { code: "driver-garbled" }, text);
});

t.test("a last line that does not end is none, since its number may be cut", async (t) => {
  t.strictSame(read("0, RTX, 120\n1, RTX, 24"), [{ index: "0", name: "RTX", power: "120" }, null]);
  t.throws(() => read("0, RTX, 12"), { code: "driver-garbled" });
});

t.test("a line has the columns of the list that is as long as it is", async (t) => {
  const decode = columns(["index", "name", "power"], ["index", "name"]);
  t.strictSame(decode(Buffer.from("0, RTX\n")), [{ index: "0", name: "RTX" }]);
  t.strictSame(decode(Buffer.from("0, RTX, 1\n0\n")), [
    { index: "0", name: "RTX", power: "1" },
    null,
  ]);
  t.throws(() => columns(["index"], ["name"]), { code: "bug" });
});

t.test("any bytes give records or a RigError", async () => {
  const decode = columns(["index", "name"]);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        return Array.isArray(decode(bytes));
      } catch (thrown) {
        return thrown instanceof RigError && thrown.code === "driver-garbled";
      }
    }),
  );
});
