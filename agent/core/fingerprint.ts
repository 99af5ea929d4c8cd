/** Reads a SHA-256 fingerprint, as openssl or a browser prints it, into 64 lower-case hex digits; undefined when it is none. */
export function parseFingerprint(text: string): string | undefined {
  const isGrouped = /^([0-9a-f]{2}:){31}[0-9a-f]{2}$/i.test(text);
  if (!isGrouped && !/^[0-9a-f]{64}$/i.test(text)) return undefined;
  return text.replaceAll(":", "").toLowerCase();
}

/** The same as openssl prints it: pairs of upper-case digits with colons between them. */
export function showFingerprint(fingerprint: string): string {
  return fingerprint.toUpperCase().replaceAll(/(..)(?!$)/g, "$1:");
}
