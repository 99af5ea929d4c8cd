import t from "tap";
import { DeviceBook } from "../../../../agent/store/device-book.ts";
import { Meta } from "../../../../agent/store/meta.ts";
import { openDatabase } from "../../../../agent/store/open.ts";

t.test("what is written is read again, and the newest word of a place stands", async (t) => {
  const db = openDatabase(t.testdir({}));
  t.after(() => db.close());
  const book = new DeviceBook(db);
  const entry = {
    place: "local pci:0000:0a:00.0",
    tokenKind: "uuid",
    token: "abc",
    algorithms: ["kawpow"],
    device: {
      id: "gpu:1",
      kind: "gpu" as const,
      label: "x",
      sources: ["trex", "nvidia"],
      identity: { model: "3080" },
      unproven: true,
    },
  };
  book.write(entry, 1.5);
  t.same(book.read(), [entry]);
  const changed = { ...entry, device: { ...entry.device, id: "gpu:2" } };
  book.write(changed, 2);
  t.same(book.read(), [changed]);
});

t.test("a value is set, changed and taken away", async (t) => {
  const db = openDatabase(t.testdir({}));
  t.after(() => db.close());
  const meta = new Meta(db);
  t.equal(meta.get("rig"), undefined);
  meta.set("rig", "a");
  meta.set("rig", "b");
  t.equal(meta.get("rig"), "b");
  meta.set("rig", undefined);
  t.equal(meta.get("rig"), undefined);
});
