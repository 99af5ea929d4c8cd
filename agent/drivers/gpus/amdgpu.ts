import { type Files, files } from "../decode/files.ts";
import { defineDriver } from "../driver.ts";
import { isRecord } from "../pointer.ts";

const CARD = "class/drm/card#/device";
const HWMON = `${CARD}/hwmon/hwmon#`;
const PATTERNS = [
  ...[
    "uevent",
    "unique_id",
    "vbios_version",
    "product_name",
    "serial_number",
    "gpu_busy_percent",
  ].map((name) => `${CARD}/${name}`),
  ...["mem_info_vram_used", "mem_info_vram_total"].map((name) => `${CARD}/${name}`),
  ...["name", "power1_average", "power1_input", "power1_cap", "fan1_input", "in0_input"].map(
    (name) => `${HWMON}/${name}`,
  ),
  ...["temp1_input", "temp2_input", "temp3_input", "freq1_input", "freq2_input"].map(
    (name) => `${HWMON}/${name}`,
  ),
];

/**
 * Sensors of AMD GPUs as the kernel's amdgpu driver shows them in sysfs. Cards are told apart by PCI_SLOT_NAME: `card0`
 * and `hwmon3` are other cards after the next boot.
 */
export const amdgpu = defineDriver({
  name: "amdgpu",
  about: "AMD sensors of the amdgpu kernel driver",
  docs: "https://docs.kernel.org/gpu/amdgpu/thermal.html",
  kind: "gpu",
  role: "sensor",
  ports: [],
  proof: [
    "RX 580",
    "RX 5500 XT",
    "RX 5700 XT",
    "RX 6900 XT",
    "RX 7600S",
    "RX 7800 XT",
    "Vega 56",
    "Phoenix",
    "Van Gogh",
  ],
  asks: { cards: { link: "sysfs", target: PATTERNS.join(" "), decode: files } },
  identify: ({ cards }) => isRecord(cards) && cardsOf(cards as Files).length > 0,
  identity: {},
  derive: ({ cards }) => (isRecord(cards) ? { cards: cardsOf(cards as Files) } : {}),
  table: {
    cards: [
      {
        devices: "",
        pci: { at: "/slot", base: 16 },
        identity: {
          make: { always: "AMD" },
          model: ["/product_name", "/pciId"],
          firmware: "/vbios_version",
          serial: "/serial_number",
          uuid: "/unique_id",
        },
        rows: [
          { metric: "chip_temperature", at: "/temp1_input", unit: "m°C", text: true },
          {
            metric: "hotspot_temperature",
            at: "/temp2_input",
            unit: "m°C",
            text: true,
            blank: 0,
            optional: true,
          },
          {
            metric: "memory_temperature",
            at: "/temp3_input",
            unit: "m°C",
            text: true,
            blank: 0,
            optional: true,
          },
          // Of the chip's package on most cards, not of the board, and the kernel does not say which.
          {
            metric: "power",
            at: ["/power1_average", "/power1_input"],
            unit: "uW",
            text: true,
            measured: "unknown",
            optional: true,
          },
          {
            metric: "power_limit",
            at: "/power1_cap",
            unit: "uW",
            text: true,
            blank: 0,
            optional: true,
          },
          // 65535 where the chip has no answer (gpu_metrics' 0xFFFF).
          {
            metric: "fan_speed",
            at: "/fan1_input",
            part: "fan/0",
            unit: "rpm",
            text: true,
            blank: 65535,
            optional: true,
          },
          { metric: "utilization", at: "/gpu_busy_percent", unit: "%", text: true, optional: true },
          { metric: "frequency", at: "/freq1_input", unit: "Hz", text: true, optional: true },
          {
            metric: "memory_frequency",
            at: "/freq2_input",
            unit: "Hz",
            text: true,
            optional: true,
          },
          { metric: "voltage", at: "/in0_input", unit: "mV", text: true, blank: 0, optional: true },
          {
            metric: "memory_used",
            at: "/mem_info_vram_used",
            unit: "B",
            text: true,
            optional: true,
          },
          {
            metric: "memory_total",
            at: "/mem_info_vram_total",
            unit: "B",
            text: true,
            optional: true,
          },
        ],
      },
    ],
  },
});

// The sensors have a `uevent` of their own, which says nothing.
const PATH = /^class\/drm\/(card\d+)\/device\/(?:hwmon\/hwmon\d+\/(?!uevent$))?([^/]+)$/;

/** Files by card, with what `uevent` says spread out; cards of other drivers are left out. */
function cardsOf(found: Files): Files[] {
  const cards = new Map<string, Record<string, string>>();
  for (const [path, content] of Object.entries(found)) {
    const [, card = "", name = ""] = PATH.exec(path) ?? [];
    if (card !== "") cards.set(card, { ...cards.get(card), [name]: content });
  }
  return [...cards.values()].map(withUevent).filter(({ driver }) => driver === "amdgpu");
}

function withUevent(card: Readonly<Record<string, string>>): Record<string, string> {
  const lines = (card["uevent"] ?? "").split("\n").map((line) => line.trim().split("="));
  const said = new Map(lines.map(([key = "", value = ""]) => [key, value]));
  return {
    ...card,
    // The sensors' own name tells the driver where uevent is not complete.
    driver: said.get("DRIVER") ?? card["name"] ?? "",
    slot: said.get("PCI_SLOT_NAME") ?? "",
    pciId: said.get("PCI_ID") ?? "",
  };
}
