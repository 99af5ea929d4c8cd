/** Who can do something about a fault. */
export type Owner = "operator" | "network" | "device" | "coordinator" | "bug";
/** When trying again makes sense: never, after a while, or when something was changed. */
export type Retry = "never" | "later" | "on-change";

interface ErrorKind {
  readonly about: string;
  readonly owner: Owner;
  readonly retry: Retry;
}

/** Every fault that the agent can name. Codes start with the stage. */
export const ERRORS = {
  "command-invalid": {
    about: "A command was called in a way that it does not understand",
    owner: "operator",
    retry: "never",
  },
  "settings-invalid": { about: "The settings have faults", owner: "operator", retry: "on-change" },
  "settings-unreadable": {
    about: "The settings file cannot be read",
    owner: "operator",
    retry: "on-change",
  },
  "settings-unwritable": {
    about: "The settings file cannot be replaced here; nothing was changed",
    owner: "operator",
    retry: "on-change",
  },
  "settings-exist": {
    about: "Settings are there already and are never overwritten",
    owner: "operator",
    retry: "never",
  },
  "key-missing": {
    about: "There is no key; `rig-agent key new` makes one",
    owner: "operator",
    retry: "on-change",
  },
  "key-unreadable": {
    about: "The key file cannot be read by the user that this program runs as",
    owner: "operator",
    retry: "on-change",
  },
  "key-unwritable": {
    about: "The key's directory or file cannot be made here",
    owner: "operator",
    retry: "on-change",
  },
  "key-exists": {
    about: "A key is there already and is never overwritten",
    owner: "operator",
    retry: "never",
  },
  "key-exposed": {
    about: "Others may read or change the key or passphrase file; chmod 600 it",
    owner: "operator",
    retry: "on-change",
  },
  "key-invalid": {
    about: "The key file is no Ethereum keystore (version 3)",
    owner: "operator",
    retry: "on-change",
  },
  "key-passphrase": {
    about: "The passphrase does not open the key",
    owner: "operator",
    retry: "on-change",
  },
  "sampler-same-device": {
    about: "One device answers at two addresses; it is counted once, and one entry can go",
    owner: "operator",
    retry: "on-change",
  },
  "driver-unreachable": {
    about: "The device does not answer at its address",
    owner: "device",
    retry: "later",
  },
  "driver-timeout": {
    about: "The device did not answer in time",
    owner: "device",
    retry: "later",
  },
  "driver-too-large": {
    about: "The device's reply is over the size limit",
    owner: "device",
    retry: "later",
  },
  "driver-refused": {
    about: "The device answered with an error of its own",
    owner: "device",
    retry: "later",
  },
  "driver-auth": {
    about: "The device wants a login or refused it",
    owner: "operator",
    retry: "later",
  },
  "driver-garbled": {
    about: "The device's reply cannot be decoded",
    owner: "device",
    retry: "later",
  },
  "driver-unknown": {
    about: "No driver knows what answers at this address",
    owner: "operator",
    retry: "on-change",
  },
  "driver-no-program": {
    about: "The program that a sensor is read through is not installed",
    owner: "operator",
    retry: "later",
  },
  "driver-no-socket": {
    about:
      "This host has no connection to spare: raise its limit of open files, or ask fewer at once",
    owner: "operator",
    retry: "later",
  },
  "store-locked": {
    about: "Another agent uses this state directory",
    owner: "operator",
    retry: "never",
  },
  "store-full": { about: "The disk or the disk budget is full", owner: "operator", retry: "later" },
  "store-failed": { about: "The database failed", owner: "operator", retry: "later" },
  "store-other-rig": {
    about: "The state directory belongs to another key, coordinator or chain",
    owner: "operator",
    retry: "on-change",
  },
  "store-newer": {
    about: "The database was written by a newer version of this program",
    owner: "operator",
    retry: "never",
  },
  "attest-window-signed": {
    about: "The window already has an attestation",
    owner: "bug",
    retry: "never",
  },
  "attest-no-era": { about: "No era was granted yet", owner: "coordinator", retry: "later" },
  "attest-no-time": {
    about: "The wall clock is wrong and the coordinator's time is not known yet",
    owner: "operator",
    retry: "later",
  },
  "attest-other-chain": {
    about:
      "The coordinator's head is not in this rig's chain: an old copy or a twin; see `rig-agent resume`",
    owner: "operator",
    retry: "on-change",
  },
  "transport-unreachable": {
    about: "The broker or coordinator cannot be reached",
    owner: "network",
    retry: "later",
  },
  "transport-login": {
    about: "The broker refused the login",
    owner: "operator",
    retry: "later",
  },
  "transport-no-welcome": {
    about: "The coordinator did not answer the hello",
    owner: "coordinator",
    retry: "later",
  },
  "transport-forged": {
    about: "A message claims to be the coordinator's and is not signed by it",
    owner: "network",
    retry: "later",
  },
  "status-address-taken": {
    about: "The address of the status endpoint is taken",
    owner: "operator",
    retry: "on-change",
  },
  "status-address-refused": {
    about: "The system does not let the status endpoint listen at its address",
    owner: "operator",
    retry: "on-change",
  },
  bug: { about: "A fault in this program", owner: "bug", retry: "later" },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

/** Small, typed facts beside a message: never a secret, never raw device text over 200 characters. */
export type Facts = Readonly<Record<string, string | number | boolean | bigint | undefined>>;

const MAX_FACT = 200;

/** A fault with a code of `ERRORS`. The message says what was tried, on what, and what came back. */
export class RigError extends Error {
  readonly code: ErrorCode;
  readonly facts: Facts;

  constructor(code: ErrorCode, message: string, facts: Facts = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = "RigError";
    this.code = code;
    this.facts = Object.fromEntries(
      Object.entries(facts).map(([key, value]) => [
        key,
        typeof value === "string" && value.length > MAX_FACT
          ? `${value.slice(0, MAX_FACT)}…`
          : value,
      ]),
    );
  }

  get owner(): Owner {
    return ERRORS[this.code].owner;
  }

  get retry(): Retry {
    return ERRORS[this.code].retry;
  }
}

/** Any thrown value as a RigError: what is not one already is a bug of ours and says so. */
export function asRigError(thrown: unknown): RigError {
  if (thrown instanceof RigError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new RigError("bug", message, {}, { cause: thrown });
}

/** True for the abort of a signal, which is not a fault and passes through loops unlogged. */
export function isAbort(thrown: unknown): boolean {
  return (
    thrown instanceof Error && (thrown.name === "AbortError" || thrown.name === "TimeoutError")
  );
}
