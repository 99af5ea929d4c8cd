import { RigError } from "../../core/errors.ts";
import { showFingerprint } from "../../core/fingerprint.ts";

/** Where it is kept which certificate an address showed when it was first seen. */
export interface Pins {
  /** What was kept for an address (host:port): a fingerprint, or `VOUCHED`. */
  pinOf(address: string): string | undefined;
  pin(address: string, fingerprint: string): void;
}

/** Pins of a process that keeps nothing. */
export class PinsInMemory implements Pins {
  readonly #pins = new Map<string, string>();

  pinOf(address: string): string | undefined {
    return this.#pins.get(address);
  }

  pin(address: string, fingerprint: string): void {
    this.#pins.set(address, fingerprint);
  }
}

/** Kept in place of a fingerprint for an address whose certificate the system's authorities vouch for. */
export const VOUCHED = "vouched";

/** Whose certificate is believed. */
export interface Trust {
  readonly pins: Pins;
  /** SHA-256 of the only certificate that is right, 64 lower-case hex digits; what was kept does not count then. */
  readonly fingerprint: string | undefined;
}

/** What an address showed. */
interface Shown {
  /** SHA-256 of the certificate, 64 lower-case hex digits. */
  readonly fingerprint: string;
  /** An authority that this system trusts vouches for it, for this host, today. */
  readonly vouched: boolean;
}

/**
 * Believes a certificate: the one of the settings and no other; else what was seen first. That is any that an authority
 * vouches for, where the first one was such; else that very one, whoever vouches for another. Throws `driver-auth`.
 */
export function believe(address: string, shown: Shown, { pins, fingerprint }: Trust): void {
  const kept = pins.pinOf(address);
  const keep = (pin: string): void => {
    if (kept !== pin) pins.pin(address, pin);
  };
  if (fingerprint !== undefined) {
    if (fingerprint !== shown.fingerprint) throw changed(address, shown, "the settings name");
    keep(fingerprint);
  } else if (kept === undefined) keep(shown.vouched ? VOUCHED : shown.fingerprint);
  else if (kept !== (shown.vouched && kept === VOUCHED ? VOUCHED : shown.fingerprint))
    throw changed(address, shown, "it had before");
}

function changed(address: string, { fingerprint }: Shown, than: string): RigError {
  return new RigError(
    "driver-auth",
    `${address} shows another TLS certificate than ${than}: somebody may stand in between. If it was changed on ` +
      `purpose, set this device's fingerprint to ${showFingerprint(fingerprint)}`,
    { address, fingerprint },
  );
}
