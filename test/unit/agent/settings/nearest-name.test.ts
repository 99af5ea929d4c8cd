import t from "tap";
import { nearestName } from "../../../../agent/settings/nearest-name.ts";

const NAMES = ["password", "password_file", "interval", "timeout", "url"];

t.test("a misspelt name finds the one that was meant", async (t) => {
  t.equal(nearestName("passwrd", NAMES), "password");
  t.equal(nearestName("passwordFile", NAMES), "password_file");
  t.equal(nearestName("Interval", NAMES), "interval");
  t.equal(nearestName("ulr", NAMES), "url");
  t.equal(nearestName("usr", ["uplink"]), undefined, "too much of a guess");
});

t.test("a name that is near to none finds none", async (t) => {
  t.equal(nearestName("colour", NAMES), undefined);
  t.equal(nearestName("x".repeat(100_000), NAMES), undefined);
  t.equal(nearestName("", []), undefined);
});
