import t from "tap";
import { parseFingerprint, showFingerprint } from "../../../../agent/core/fingerprint.ts";

const HEX = "0a1b".repeat(16);

t.test("a fingerprint is read as it is printed, and shown as openssl prints it", async (t) => {
  const shown = showFingerprint(HEX);
  t.match(shown, /^0A:1B:.*:0A:1B$/);
  t.equal(shown.length, 95);
  for (const text of [HEX, HEX.toUpperCase(), shown, shown.toLowerCase()])
    t.equal(parseFingerprint(text), HEX, text);
});

t.test("anything else is no fingerprint", async (t) => {
  const shown = showFingerprint(HEX);
  for (const text of ["", HEX.slice(1), `${HEX}0`, `${HEX.slice(1)}g`, ` ${HEX}`, `${shown}:00`])
    t.equal(parseFingerprint(text), undefined, text);
  t.equal(parseFingerprint(shown.replace(":", "")), undefined, "colons in half of it");
});
