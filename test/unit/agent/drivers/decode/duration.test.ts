import fc from "fast-check";
import t from "tap";
import { secondsOf } from "../../../../../agent/drivers/decode/duration.ts";

t.test("a clock with or without days is seconds", async (t) => {
  t.equal(secondsOf("00:00:00:00"), 0);
  t.equal(secondsOf("03:02:01:05"), 266_465);
  t.equal(secondsOf("27:27:20"), 98_840);
  t.equal(secondsOf(" 0:00:08 "), 8);
});

t.test("what is written otherwise is unknown", async (t) => {
  for (const found of [
    "",
    "12",
    "1:02",
    "0:60:00",
    "0:0:61",
    "1:2:3:4:5",
    "-1:00:00",
    "1:2:3 h",
    5,
    null,
  ])
    t.equal(secondsOf(found), undefined, String(found));
});

t.test("any time comes back", async (t) => {
  fc.assert(
    fc.property(
      fc.nat(99_999),
      fc.nat(23),
      fc.nat(59),
      fc.nat(59),
      (days, hours, minutes, rest) => {
        const seconds = days * 86_400 + hours * 3600 + minutes * 60 + rest;
        return secondsOf([days, hours, minutes, rest].join(":")) === seconds;
      },
    ),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      const seconds = secondsOf(text);
      return seconds === undefined || (Number.isSafeInteger(seconds) && seconds >= 0);
    }),
  );
  t.pass("held");
});
