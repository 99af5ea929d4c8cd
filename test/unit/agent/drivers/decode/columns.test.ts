import t from "tap";
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
    "",
  ])
    t.strictSame(read(`0, RTX, ${word}`), [{ index: "0", name: "RTX", power: null }], word);
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
