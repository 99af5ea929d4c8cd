import t from "tap";
import { Meta } from "../../../../agent/store/meta.ts";
import { openDatabase } from "../../../../agent/store/open.ts";
import { Pins } from "../../../../agent/store/pins.ts";

t.test("a pin outlives the process, and is exchanged by another", async (t) => {
  const directory = t.testdir({});
  const first = openDatabase(directory);
  const pins = new Pins(first);
  t.equal(pins.pinOf("10.0.0.7:443"), undefined);
  pins.pin("10.0.0.7:443", "a".repeat(64));
  pins.pin("[::1]:443", "b".repeat(64));
  first.close();

  const second = openDatabase(directory);
  t.after(() => second.close());
  const kept = new Pins(second);
  t.equal(kept.pinOf("10.0.0.7:443"), "a".repeat(64));
  kept.pin("10.0.0.7:443", "vouched");
  t.equal(kept.pinOf("10.0.0.7:443"), "vouched");
  t.equal(kept.pinOf("[::1]:443"), "b".repeat(64));
});

t.test("an address that is called like another value is not that value", async (t) => {
  const db = openDatabase(t.testdir({}));
  t.after(() => db.close());
  new Meta(db).set("rig", "0x1");
  new Pins(db).pin("rig", "c".repeat(64));
  t.equal(new Meta(db).get("rig"), "0x1");
});
