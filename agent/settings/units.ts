const DURATION_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SIZE_BYTES = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 } as const;

const DURATION = /^(\d{1,9})(ms|s|m|h|d)$/;
const SIZE = /^(\d{1,9})(B|KiB|MiB|GiB|TiB)$/;

/** A duration such as `10s`, `5m` or `1d` in milliseconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit] = DURATION.exec(text) ?? [];
  if (unit === undefined) return undefined;
  return Number(number) * DURATION_MS[unit as keyof typeof DURATION_MS];
}

/** A size such as `64KiB` or `256MiB` in bytes; undefined when it is none or beyond what a number holds exactly. */
export function parseSize(text: string): number | undefined {
  const [, number, unit] = SIZE.exec(text) ?? [];
  if (unit === undefined) return undefined;
  const bytes = Number(number) * SIZE_BYTES[unit as keyof typeof SIZE_BYTES];
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
