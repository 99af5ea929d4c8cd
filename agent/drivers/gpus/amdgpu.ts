import { type Files, files } from "../decode/files.ts";
import { type Docs, defineDriver } from "../driver.ts";
import { isRecord } from "../pointer.ts";
import { type Card, cardPatterns, cardsOf, pcieGeneration } from "./cards.ts";

const DRIVERS = ["amdgpu", "radeon"];
const DEVICE = ["unique_id", "vbios_version", "product_name", "serial_number"];
const BUSY = ["gpu_busy_percent", "mem_info_vram_used", "mem_info_vram_total"];
const PCIE = ["vendor", "current_link_speed", "current_link_width"];
const PATTERNS = cardPatterns(
  [
    ...[...DEVICE, ...BUSY].map((name) => `device/${name}`),
    ...["device", "device/..", "device/../.."].flatMap((at) => PCIE.map((name) => `${at}/${name}`)),
  ],
  [
    ...["temp#_input", "temp#_label", "power1_average", "power1_input", "power1_cap"],
    ...["fan1_input", "pwm1", "freq1_input", "freq2_input", "in0_input"],
  ],
);

/** What stands in the chip's own tables where it has no answer, scaled as the kernel scales the sensor. */
const NO_ANSWER = 0xffff;

/**
 * Sensors of AMD GPUs as the kernel's drivers show them in sysfs; `radeon` is that of the oldest cards. Cards are told
 * apart by PCI_SLOT_NAME: `card0` and `hwmon3` are other cards after the next boot.
 */
export const amdgpu = defineDriver({
  name: "amdgpu",
  about: "AMD sensors of the amdgpu and radeon kernel drivers",
  docs: "https://docs.kernel.org/gpu/amdgpu/thermal.html",
  kind: "gpu",
  role: "sensor",
  ports: [],
  proof: [
    "HD 7870",
    "R9 280",
    "RX 580",
    "RX 5500 XT",
    "RX 5700 XT",
    "RX 6900 XT",
    "RX 7600S",
    "RX 7800 XT",
    "RX 9070 XT",
    "Vega 56",
    "Phoenix",
    "Van Gogh",
  ],
  asks: { cards: { link: "sysfs", target: PATTERNS, decode: files } },
  identify: ({ cards }) => isRecord(cards) && cardsOf(cards as Files, DRIVERS).length > 0,
  identity: {},
  derive: ({ cards }): Docs<"cards"> =>
    isRecord(cards) ? { cards: cardsOf(cards as Files, DRIVERS).map(withLink) } : {},
  table: {
    cards: [
      {
        devices: "",
        pci: { at: "/slot", base: 16 },
        identity: {
          make: { always: "AMD" },
          model: ["/device.product_name", "/pciId"],
          firmware: "/device.vbios_version",
          serial: "/device.serial_number",
          uuid: "/device.unique_id",
        },
        rows: [
          // Without labels, as old kernels have it, the only sensor is that at the edge.
          {
            metric: "chip_temperature",
            at: ["/temp:edge", "/temp:1"],
            unit: "m°C",
            text: true,
            blank: NO_ANSWER * 1000,
          },
          {
            metric: "hotspot_temperature",
            at: ["/temp:junction", "/temp:2"],
            unit: "m°C",
            text: true,
            blank: [0, NO_ANSWER * 1000],
            optional: true,
          },
          {
            metric: "memory_temperature",
            at: ["/temp:mem", "/temp:3"],
            unit: "m°C",
            text: true,
            blank: [0, NO_ANSWER * 1000],
            optional: true,
          },
          // Of the chip's package on most cards, of processor and graphics together in an APU, and the kernel does not say
          // which; cards before 2015 have none. Where there are both, the mean goes before the instant: the path says which.
          {
            metric: "power",
            at: ["/power1_average", "/power1_input"],
            unit: "uW",
            text: true,
            blank: NO_ANSWER * 1e6,
            measured: "unknown",
            optional: true,
          },
          {
            metric: "power_limit",
            at: "/power1_cap",
            unit: "uW",
            text: true,
            blank: [0, NO_ANSWER * 1e6],
            optional: true,
          },
          {
            metric: "fan_speed",
            at: "/fan1_input",
            part: "fan/0",
            unit: "rpm",
            text: true,
            blank: NO_ANSWER,
            optional: true,
          },
          {
            metric: "fan_duty",
            at: "/pwm1",
            part: "fan/0",
            unit: "1/255",
            text: true,
            blank: NO_ANSWER,
            optional: true,
          },
          {
            metric: "utilization",
            at: "/device.gpu_busy_percent",
            unit: "%",
            text: true,
            blank: NO_ANSWER,
            optional: true,
          },
          {
            metric: "frequency",
            at: "/freq1_input",
            unit: "Hz",
            text: true,
            blank: NO_ANSWER * 1e6,
            optional: true,
          },
          {
            metric: "memory_frequency",
            at: "/freq2_input",
            unit: "Hz",
            text: true,
            blank: NO_ANSWER * 1e6,
            optional: true,
          },
          {
            metric: "voltage",
            at: "/in0_input",
            unit: "mV",
            text: true,
            blank: [0, NO_ANSWER],
            optional: true,
          },
          {
            metric: "memory_used",
            at: "/device.mem_info_vram_used",
            unit: "B",
            text: true,
            optional: true,
          },
          {
            metric: "memory_total",
            at: "/device.mem_info_vram_total",
            unit: "B",
            text: true,
            optional: true,
          },
          { metric: "pcie_generation", at: "/generation", unit: "1", optional: true },
          {
            metric: "pcie_width",
            at: "/width",
            unit: "1",
            text: true,
            blank: [0, 255],
            optional: true,
          },
        ],
      },
    ],
  },
});

// ATI's number, which AMD's graphics have and its processors and their bridges have not.
const ATI = "0x1002";

/** A card's link to the slot. Since Vega there is a switch on the card, and between it and the chip the link never changes. */
function withLink(card: Card): object {
  const hasSwitch = [card["device.up.vendor"], card["device.up.up.vendor"]].every(
    (vendor) => vendor === ATI,
  );
  const at = hasSwitch ? "device.up.up" : "device";
  return {
    ...card,
    generation: pcieGeneration(card[`${at}.current_link_speed`]),
    width: card[`${at}.current_link_width`],
  };
}
