const STEPS = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"] as const;

/** A whole amount with four digits and a prefix of its unit, cut, not rounded up: `1.234 TH`. */
export function amount(value: bigint, unit: string): string {
  const sign = value < 0n ? "−" : "";
  const size = value < 0n ? -value : value;
  const digits = String(size);
  const step = Math.min(Math.floor((digits.length - 1) / 3), STEPS.length - 1);
  const whole = digits.slice(0, digits.length - step * 3);
  const rest = digits.slice(whole.length, whole.length + Math.max(0, 4 - whole.length));
  const fraction = rest.replace(/0+$/, "");
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`} ${STEPS[step]}${unit}`;
}

/** An instant of Unix seconds as `2026-01-05 10:20:00 UTC`; the raw number beyond the calendar. */
export function instant(seconds: number | bigint): string {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds} s`;
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A part of a whole in percent with one decimal, cut; a dash where there is no whole. */
export function percent(part: bigint, whole: bigint): string {
  if (whole <= 0n) return "–";
  const tenths = (part * 1000n) / whole;
  return `${tenths / 10n}.${tenths % 10n < 0n ? -(tenths % 10n) : tenths % 10n} %`;
}

/** The first and last few characters of something long. */
export function short(text: string): string {
  return text.length <= 16 ? text : `${text.slice(0, 8)}…${text.slice(-6)}`;
}

/** An algorithm's name for people; an empty one is one that nobody said. */
export function algorithmText(algorithm: string): string {
  return algorithm === "" ? "not said" : algorithm;
}
