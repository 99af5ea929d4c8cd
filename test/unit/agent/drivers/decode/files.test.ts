import t from "tap";
import { files } from "../../../../../agent/drivers/decode/files.ts";

t.test("contents come by path, trimmed, and what is no text is left out", async (t) => {
  t.strictSame(files(Buffer.from('{"a/b":" 12\\n","c":3,"d":null}')), { "a/b": "12" });
});

t.test("a list is no listing", async (t) => {
  t.throws(() => files(Buffer.from("[]")), { code: "driver-garbled" });
});
