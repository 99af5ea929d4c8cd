import { BinaryWriter } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import t from "tap";
import { RigError } from "../../../../../agent/core/errors.ts";
import { type Fields, protobuf } from "../../../../../agent/drivers/decode/protobuf.ts";

const FIELDS: Fields = {
  1: { name: "count", type: "unsigned" },
  2: { name: "ratio", type: "double" },
  3: { name: "name", type: "text" },
  4: { name: "on", type: "bool" },
  5: { name: "wrapped", type: "wrapped" },
  6: {
    name: "inner",
    type: {
      1: { name: "degrees", type: "double" },
      2: { name: "label", type: "text", optional: true },
      3: { name: "turns", type: "unsigned" },
      4: { name: "wrapped", type: "wrapped" },
      5: { name: "parts", type: { 1: { name: "id", type: "text" } }, many: true },
    },
  },
  7: { name: "list", type: { 1: { name: "rpm", type: "unsigned" } }, many: true },
};
const decode = protobuf(FIELDS);

const codeFor = (bytes: Uint8Array): string => {
  try {
    decode(bytes);
    return "none";
  } catch (thrown) {
    return thrown instanceof RigError ? thrown.code : String(thrown);
  }
};
const written = (write: (writer: BinaryWriter) => unknown): Uint8Array => {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
};
const message = (number: number, write: (writer: BinaryWriter) => unknown): Uint8Array =>
  written((writer) => writer.tag(number, 2).bytes(written(write)));

t.test("a message is read by the table of its fields, others are passed over", async (t) => {
  const bytes = written((writer) => {
    writer.tag(1, 0).uint64(7);
    writer.tag(99, 2).string("not in the table");
    writer.tag(2, 1).double(0.25);
    writer.tag(3, 2).string("é");
    writer.tag(4, 0).bool(true);
  });
  t.strictSame(decode(Buffer.concat([bytes, message(5, (w) => w.tag(1, 0).uint32(77))])), {
    count: 7,
    ratio: 0.25,
    name: "é",
    on: true,
    wrapped: 77,
  });
});

t.test("a message within has defaults for what was left out, the outermost has none", async (t) => {
  t.strictSame(decode(new Uint8Array()), {});
  t.strictSame(decode(message(6, () => {})), { inner: { degrees: 0, turns: 0, parts: [] } });
  t.strictSame(decode(message(5, () => {})), { wrapped: 0 }, "a wrapper that is there says 0");
});

t.test("a field that is repeated is a list, also of one", async (t) => {
  const one = message(7, (writer) => writer.tag(1, 0).uint32(4410));
  t.strictSame(decode(one), { list: [{ rpm: 4410 }] });
  t.strictSame(decode(Buffer.concat([one, message(7, () => {})])), {
    list: [{ rpm: 4410 }, { rpm: 0 }],
  });
});

t.test("a number beyond 2^53 is never rounded", async (t) => {
  const bytes = written((writer) => writer.tag(1, 0).uint64("18446744073709551615"));
  t.strictSame(decode(bytes), { count: "18446744073709551615" });
});

t.test("a field in another wire type is garbled, not guessed", async (t) => {
  t.equal(codeFor(written((writer) => writer.tag(2, 0).uint32(3))), "driver-garbled");
  t.equal(codeFor(written((writer) => writer.tag(6, 5).fixed32(3))), "driver-garbled");
});

t.test("a reply of fields without number is garbled, not read for seconds", async (t) => {
  const small = message(7, () => {});
  t.equal(codeFor(Buffer.concat(Array.from({ length: 2000 }, () => small))), "none");
  t.equal(codeFor(Buffer.concat(Array.from({ length: 200_000 }, () => small))), "driver-garbled");
});

t.test("any bytes give a value or driver-garbled", async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) =>
      ["none", "driver-garbled"].includes(codeFor(bytes)),
    ),
    { numRuns: 2000 },
  );
  t.equal(codeFor(Buffer.from("[".repeat(50_000))), "driver-garbled", "groups without an end");
  t.pass("held");
});

t.test("a reply that is cut never says another number than the whole", async (t) => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.double({ noNaN: true }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
      fc.double({ min: 0, max: 1 }),
      (count, ratio, turns, part) => {
        const whole = Buffer.concat([
          written((writer) => writer.tag(1, 0).uint64(count).tag(2, 1).double(ratio)),
          ...turns.map((rpm) => message(7, (writer) => writer.tag(1, 0).uint32(rpm))),
        ]);
        const cut = whole.subarray(0, Math.floor(whole.length * part));
        if (codeFor(cut) !== "none") return true;
        const found = decode(cut) as { count?: number; ratio?: number; list?: { rpm: number }[] };
        return (
          (found.count === undefined || found.count === count) &&
          (found.ratio === undefined || Object.is(found.ratio, ratio)) &&
          (found.list ?? []).every(({ rpm }, position) => rpm === turns[position])
        );
      },
    ),
    { numRuns: 2000 },
  );
  t.pass("held");
});
