/** Loopback addresses after a base, one after the other, without those that are taken. Throws for any other base. */
export function hostsAfter(base: string, taken: ReadonlySet<string | undefined>): () => string {
  const octets = base.split(".").map(Number);
  const wellFormed = octets.length === 4 && octets.every((octet) => octet >= 0 && octet <= 255);
  if (!wellFormed || octets[0] !== 127) throw new Error(`${base} is not a loopback address`);
  let at = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return () => {
    for (;;) {
      at += 1;
      const host = [24, 16, 8, 0].map((shift) => (at >>> shift) & 255).join(".");
      if (!host.startsWith("127.")) throw new Error(`no loopback addresses are left after ${base}`);
      if (!taken.has(host)) return host;
    }
  };
}
