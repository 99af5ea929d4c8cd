import { type Files, files } from "../decode/files.ts";
import { type Docs, defineDriver } from "../driver.ts";
import { isRecord } from "../pointer.ts";
import { type Card, cardPatterns, cardsOf } from "./cards.ts";

const DRIVERS = ["i915", "xe"];

/**
 * Reasons to hold the clocks down, by the bit that each has in the register which the kernel reads them from
 * (GT0_PERF_LIMIT_REASONS in drivers/gpu/drm/xe/regs/xe_gt_regs.h, the same in i915).
 */
const REASONS: Readonly<Record<string, number>> = {
  prochot: 0,
  thermal: 1,
  ratl: 5,
  vr_thermalert: 6,
  vr_tdc: 7,
  pl4: 8,
  pl1: 10,
  pl2: 11,
};
const XE_REASON = "device/tile0/gt0/freq0/throttle/reason_";
const I915_REASON = "gt/gt0/throttle_reason_";
const XE_STATUS = "device/tile0/gt0/freq0/throttle/status";

const PATTERNS = cardPatterns(
  [
    ...["gt_act_freq_mhz", "device/tile0/gt0/freq0/act_freq", XE_STATUS, `${I915_REASON}status`],
    ...Object.keys(REASONS).flatMap((name) => [`${XE_REASON}${name}`, `${I915_REASON}${name}`]),
  ],
  [
    ...["temp#_input", "temp#_label", "energy#_input", "fan#_input", "in#_input"],
    ...["power1_max", "power1_cap", "power2_max", "power2_cap"],
  ],
);

/**
 * Sensors of Intel GPUs as the kernel's i915 and xe drivers show them in sysfs. They count energy and tell no power, which
 * is left to whoever knows the time between two readings. A card's link is not read: behind the switch that it has on
 * board the kernel shows the same slow link of one lane for every card.
 */
export const intel = defineDriver({
  name: "intel",
  about: "Intel sensors of the i915 and xe kernel drivers",
  docs: "https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-driver-intel-xe-hwmon",
  kind: "gpu",
  role: "sensor",
  ports: [],
  proof: ["Arc A380", "Arc B580", "UHD Graphics (Comet Lake)"],
  asks: { cards: { link: "sysfs", target: PATTERNS, decode: files } },
  identify: ({ cards }) => isRecord(cards) && cardsOf(cards as Files, DRIVERS).length > 0,
  identity: {},
  derive: ({ cards }): Docs<"cards"> =>
    isRecord(cards) ? { cards: cardsOf(cards as Files, DRIVERS).map(inOrder) } : {},
  table: {
    cards: [
      {
        devices: "",
        pci: { at: "/slot", base: 16 },
        identity: { make: { always: "Intel" }, model: "/pciId" },
        rows: [
          // Graphics in a processor has no sensor of its own, and i915 shows none before kernel 6.14.
          {
            metric: "chip_temperature",
            at: ["/temp:pkg", "/temp:1"],
            unit: "m°C",
            text: true,
            optional: true,
          },
          {
            metric: "chip_temperature",
            at: "/temp:mctrl",
            part: "mctrl",
            unit: "m°C",
            text: true,
            optional: true,
          },
          {
            metric: "chip_temperature",
            at: "/temp:pcie",
            part: "pcie",
            unit: "m°C",
            text: true,
            optional: true,
          },
          {
            metric: "memory_temperature",
            at: "/temp:vram",
            unit: "m°C",
            text: true,
            blank: 0,
            optional: true,
          },
          {
            each: "/channels",
            part: "memory",
            number: "/number",
            rows: [
              {
                metric: "memory_temperature",
                at: "/temperature",
                unit: "m°C",
                text: true,
                blank: 0,
              },
            ],
          },
          {
            each: "/fans",
            part: "fan",
            number: "/number",
            rows: [{ metric: "fan_speed", at: "/speed", unit: "rpm", text: true }],
          },
          // The whole card (1) where that is counted, else the package (2): the path says which.
          {
            metric: "energy",
            at: ["/energy1_input", "/energy2_input"],
            unit: "uJ",
            text: true,
            optional: true,
          },
          // What is held for long goes before what is held for a moment; 0 is no limit.
          {
            metric: "power_limit",
            at: ["/power1_max", "/power1_cap", "/power2_max", "/power2_cap"],
            unit: "uW",
            text: true,
            blank: 0,
            optional: true,
          },
          {
            metric: "voltage",
            at: ["/in0_input", "/in1_input"],
            unit: "mV",
            text: true,
            blank: 0,
            optional: true,
          },
          // What runs, which is 0 in sleep, and not what is asked for.
          {
            metric: "frequency",
            at: ["/device.tile0.gt0.freq0.act_freq", "/gt_act_freq_mhz"],
            unit: "MHz",
            text: true,
            optional: true,
          },
          { metric: "throttle_reasons", at: "/reasons", unit: "1", optional: true },
        ],
      },
    ],
  },
});

function inOrder(card: Card): object {
  return {
    ...card,
    channels: numbered(card, /^temp:vram_ch_(\d+)$/, "temperature"),
    // hwmon counts from 1.
    fans: numbered(card, /^fan(\d+)_input$/, "speed", 1),
    reasons: reasonsOf(card, XE_REASON) ?? reasonsOf(card, I915_REASON),
  };
}

/** The values of a card whose names have a number in them. */
function numbered(card: Card, shape: RegExp, name: string, first = 0): object[] {
  return Object.entries(card).flatMap(([key, content]) => {
    const number = shape.exec(key)?.[1];
    return number === undefined ? [] : [{ number: Number(number) - first, [name]: content }];
  });
}

/** The reasons as bits; undefined where a file is missing, or the status knows of a reason that is not among them. */
function reasonsOf(card: Card, prefix: string): number | undefined {
  const at = (path: string): string | undefined => card[path.replaceAll("/", ".")];
  const status = at(prefix === XE_REASON ? XE_STATUS : `${prefix}status`);
  const flags = Object.entries(REASONS).map(
    ([name, bit]) => [at(`${prefix}${name}`), bit] as const,
  );
  if (flags.some(([flag]) => flag !== "0" && flag !== "1")) return undefined;
  const bits = flags.reduce((set, [flag, bit]) => (flag === "1" ? set | (1 << bit) : set), 0);
  return status === (bits === 0 ? "0" : "1") ? bits : undefined;
}
