import { METRICS, type MetricName } from "../../proto/metrics.ts";
import { type Dimension, storedUnit } from "../../proto/units.ts";

const DECIMAL = [
  ["E", 1e18],
  ["P", 1e15],
  ["T", 1e12],
  ["G", 1e9],
  ["M", 1e6],
  ["k", 1e3],
] as const;
const BINARY = [
  ["Ti", 1024 ** 4],
  ["Gi", 1024 ** 3],
  ["Mi", 1024 ** 2],
  ["Ki", 1024],
] as const;

/** A value of a metric, in its stored unit, as a person reads it: `104.2 TH/s`, `3.25 kW`, `65 °C`, `3 d 4 h`. */
export function showQuantity(metric: MetricName, value: number): string {
  const { dimension } = METRICS[metric];
  return showIn(dimension, value);
}

function showIn(dimension: Dimension, value: number): string {
  switch (dimension) {
    case "hashrate":
    case "frequency":
    case "power":
    case "energy":
      return scaled(value, storedUnit(dimension), DECIMAL);
    case "memory":
      return scaled(value, "B", BINARY);
    case "time":
      return showDuration(value * 1000);
    case "ratio":
      return `${digits(value * 100)} %`;
    case "count":
      return digits(value);
    case "rotation":
    case "temperature":
    case "voltage":
      return `${digits(value)} ${storedUnit(dimension)}`;
  }
}

/** Bytes with a binary prefix: `1.5 MiB`. */
export function showBytes(bytes: number): string {
  return scaled(bytes, "B", BINARY);
}

function scaled(
  value: number,
  unit: string,
  prefixes: readonly (readonly [string, number])[],
): string {
  const [prefix, factor] = prefixes.find(([, least]) => Math.abs(value) >= least) ?? ["", 1];
  return `${digits(value / factor)} ${prefix}${unit}`;
}

/** Four significant digits, but never fewer than the whole part has. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e21) return value.toExponential(3);
  const decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
  return String(Number(value.toFixed(decimals)));
}

const STEPS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
] as const;

/** A length of time in its two largest units: `3 d 4 h`, `2 min 5 s`, `0.4 s`, `12 ms`. */
export function showDuration(ms: number): string {
  if (ms < 0) return `−${showDuration(-ms)}`;
  if (ms > 0 && ms < 100) return `${Math.ceil(ms)} ms`;
  if (ms < 10_000) return `${Number((ms / 1000).toFixed(1))} s`;
  const first = STEPS.findIndex(([, size]) => ms >= size);
  const [unit, size] = STEPS[first] ?? STEPS[3];
  const whole = Math.floor(ms / size);
  const next = STEPS[first + 1];
  const rest = next ? Math.floor((ms - whole * size) / next[1]) : 0;
  return rest === 0 || next === undefined
    ? `${whole} ${unit}`
    : `${whole} ${unit} ${rest} ${next[0]}`;
}
