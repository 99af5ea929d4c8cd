import type { Files } from "../decode/files.ts";

const CARD = "class/drm/card#";
const UEVENT = /^DRIVER=(.*)$|^PCI_SLOT_NAME=(.*)$|^PCI_ID=(.*)$/gm;

/** Patterns of the sysfs link for files of each card's device, and for sensors of it (`hwmon`). */
export function cardPatterns(device: readonly string[], sensors: readonly string[]): string {
  return [
    ...["device/uevent", ...device].map((path) => `${CARD}/${path}`),
    ...["name", ...sensors].map((name) => `${CARD}/device/hwmon/hwmon#/${name}`),
  ].join(" ");
}

/** What the kernel shows of one card: contents by what its table calls them. */
export type Card = Readonly<Record<string, string>>;

/**
 * The cards that one of some kernel drivers serves. A card's files stand under their paths below the card with `.` for `/`
 * (`device.vbios_version`; `device.up.vendor` is that of the bridge above it), its sensors under their names (`fan1_input`), a temperature under its label too (`temp:mem`), or
 * under its number where it has none (`temp:1`). `driver`, `slot` and `pciId` are out of `uevent`.
 */
export function cardsOf(found: Files, drivers: readonly string[]): Card[] {
  const cards = new Map<string, Found>();
  for (const [path, content] of Object.entries(found)) {
    const [, card = "", hwmon, name = ""] = PATH.exec(path) ?? [];
    if (card === "") continue;
    const { own, chips } = cards.get(card) ?? { own: {}, chips: {} };
    if (hwmon === undefined) own[name.replaceAll("..", "up").replaceAll("/", ".")] = content;
    else chips[hwmon] = { ...chips[hwmon], [name]: content };
    cards.set(card, { own, chips });
  }
  return [...cards.values()]
    .map(cardOf)
    .filter(({ driver }) => driver !== undefined && drivers.includes(driver));
}

const PATH = /^class\/drm\/(card\d+)\/(?:device\/hwmon\/(hwmon\d+)\/)?(.+)$/;

interface Found {
  readonly own: Record<string, string>;
  /** Sensor files by the chip that has them: a card of several tiles has more than one. */
  readonly chips: Record<string, Readonly<Record<string, string>>>;
}

function cardOf({ own, chips }: Found): Card {
  const said: Record<string, string> = {};
  for (const [, driver, slot, pciId] of (own["device.uevent"] ?? "").matchAll(UEVENT))
    Object.assign(
      said,
      driver === undefined ? {} : { driver: driver.trim() },
      slot === undefined ? {} : { slot: slot.trim() },
      pciId === undefined ? {} : { pciId: pciId.trim() },
    );
  const all = Object.values(chips);
  // The sensors' own name tells the driver where uevent is not complete.
  const driver = said["driver"] ?? (all.length === 1 ? all[0]?.["name"] : undefined);
  const sensors = all.find(({ name }) => name === driver) ?? {};
  return {
    ...own,
    ...sensors,
    ...temperatures(sensors),
    ...said,
    ...(driver === undefined ? {} : { driver }),
  };
}

function temperatures(sensors: Readonly<Record<string, string>>): Record<string, string> {
  const found = Object.entries(sensors).flatMap(([name, content]) => {
    const number = /^temp(\d+)_input$/.exec(name)?.[1];
    if (number === undefined) return [];
    return [[`temp:${sensors[`temp${number}_label`] ?? number}`, content] as const];
  });
  return Object.fromEntries(found);
}

/** Transfers per second and lane, in GT/s, of PCI Express from its first generation on. */
const SPEEDS = ["2.5", "5.0", "8.0", "16.0", "32.0", "64.0"];

/** The PCI Express generation of a link by its speed (`8.0 GT/s PCIe`); undefined where the kernel does not know that. */
export function pcieGeneration(speed: string | undefined): number | undefined {
  // Kernels before 4.20 write `5 GT/s`.
  const rate = /^(\d+)(\.\d)? GT\/s/.exec(speed ?? "");
  const place = rate === null ? -1 : SPEEDS.indexOf(`${rate[1]}${rate[2] ?? ".0"}`);
  return place < 0 ? undefined : place + 1;
}
