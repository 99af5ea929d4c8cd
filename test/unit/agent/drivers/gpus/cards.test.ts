import fc from "fast-check";
import t from "tap";
import { cardPatterns, cardsOf, pcieGeneration } from "../../../../../agent/drivers/gpus/cards.ts";

const UEVENT = "class/drm/card0/device/uevent";
const HWMON = "class/drm/card0/device/hwmon";

t.test("files are asked of every card, and sensors of every chip of it", async (t) => {
  t.strictSame(cardPatterns(["gt_freq"], ["fan1_input"]).split(" "), [
    "class/drm/card#/device/uevent",
    "class/drm/card#/gt_freq",
    "class/drm/card#/device/hwmon/hwmon#/name",
    "class/drm/card#/device/hwmon/hwmon#/fan1_input",
  ]);
});

t.test("a card is what its files say, and cards of other drivers are left out", async (t) => {
  const found = {
    [UEVENT]: "DRIVER=xe\nPCI_ID=8086:E20B\nPCI_SLOT_NAME=0000:09:00.0",
    "class/drm/card0/device/../vendor": "0x8086",
    "class/drm/card0/gt/gt0/status": "0",
    [`${HWMON}/hwmon2/name`]: "xe",
    [`${HWMON}/hwmon2/temp2_input`]: "54000",
    [`${HWMON}/hwmon2/temp2_label`]: "pkg",
    [`${HWMON}/hwmon2/temp7_input`]: "51000",
    "class/drm/card1/device/uevent": "DRIVER=amdgpu\nPCI_SLOT_NAME=0000:03:00.0",
    "class/drm/renderD128/device/uevent": "DRIVER=xe\nPCI_SLOT_NAME=0000:05:00.0",
  };
  const [card, other] = cardsOf(found, ["i915", "xe"]);
  t.equal(other, undefined);
  t.match(card, {
    driver: "xe",
    slot: "0000:09:00.0",
    pciId: "8086:E20B",
    "device.up.vendor": "0x8086",
    "gt.gt0.status": "0",
    "temp:pkg": "54000",
    "temp:7": "51000",
  });
});

t.test("of several chips that of the driver is the card's", async (t) => {
  const found = {
    [UEVENT]: "DRIVER=i915\nPCI_SLOT_NAME=0000:09:00.0",
    [`${HWMON}/hwmon1/name`]: "i915_gt0",
    [`${HWMON}/hwmon1/energy1_input`]: "1",
    [`${HWMON}/hwmon2/name`]: "i915",
    [`${HWMON}/hwmon2/energy1_input`]: "2",
  };
  t.equal(cardsOf(found, ["i915"])[0]?.["energy1_input"], "2");
  t.strictSame(cardsOf({ ...found, [UEVENT]: "" }, ["i915"]), [], "which it is nobody says");
});

t.test("the sensors' name tells the driver where uevent does not", async (t) => {
  const found = { [UEVENT]: "PCI_SLOT_NAME=0000:09:00.0", [`${HWMON}/hwmon1/name`]: "amdgpu" };
  t.match(cardsOf(found, ["amdgpu"]), [{ driver: "amdgpu", slot: "0000:09:00.0" }]);
});

t.test("a link's speed is its generation, and an unknown one is none", async (t) => {
  const speeds = ["2.5 GT/s PCIe", "5.0 GT/s PCIe", "8 GT/s", "16.0 GT/s PCIe", "32.0 GT/s PCIe"];
  t.strictSame(speeds.map(pcieGeneration), [1, 2, 3, 4, 5]);
  for (const speed of [undefined, "", "Unknown", "Unknown speed", "3.0 GT/s", "8.0"])
    t.equal(pcieGeneration(speed), undefined, String(speed));
});

t.test("any files give cards", async () => {
  const path = fc.oneof(
    fc.string(),
    fc.constantFrom(UEVENT, `${HWMON}/hwmon1/name`, `${HWMON}/hwmon1/temp1_input`),
    fc.string().map((name) => `class/drm/card0/${name}`),
  );
  const content = fc.oneof(fc.string(), fc.constant("DRIVER=xe\nPCI_SLOT_NAME=x"));
  fc.assert(
    fc.property(fc.dictionary(path, content), (found) =>
      cardsOf(found, ["xe"]).every(({ driver }) => driver === "xe"),
    ),
  );
});
