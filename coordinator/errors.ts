/** What can be wrong for somebody who runs a coordinator, and with which status the process then ends. */
const COORDINATOR_ERRORS = {
  "settings-invalid": { exit: 78, about: "The settings have faults" },
  "settings-unreadable": { exit: 78, about: "The settings file cannot be read" },
  "identity-missing": {
    exit: 78,
    about: "There is no identity here; `rig-coordinator init` makes one",
  },
  "identity-exists": { exit: 1, about: "An identity is there already and is never overwritten" },
  "identity-exposed": { exit: 78, about: "Others may read the identity; chmod 600 it" },
  "identity-invalid": { exit: 78, about: "The identity cannot be read" },
  "state-locked": { exit: 1, about: "Another coordinator uses this state directory" },
  "state-other-chain": { exit: 78, about: "This state directory belongs to another chain id" },
  "state-other-grid": {
    exit: 78,
    about: "This state directory was kept with another length of window or epoch",
  },
  "ledger-newer": { exit: 78, about: "The ledger was written by a newer version of this program" },
  "ledger-failed": { exit: 1, about: "The ledger cannot be opened" },
  "broker-address-taken": { exit: 1, about: "The address of the broker cannot be used" },
  "http-address-taken": { exit: 1, about: "The address of the pages cannot be used" },
  "rig-exists": { exit: 1, about: "The rig is there already" },
  "rig-unknown": { exit: 1, about: "There is no such rig" },
  "rig-not-frozen": { exit: 1, about: "The rig is not frozen" },
  "allocation-refused": { exit: 1, about: "The allocation cannot be taken" },
  "record-missing": { exit: 1, about: "There is no such record" },
  "output-unwritable": { exit: 1, about: "The file to be written cannot be written" },
  "argument-invalid": { exit: 2, about: "An argument cannot be used" },
} as const;

export type CoordinatorErrorCode = keyof typeof COORDINATOR_ERRORS;

/** A fault with a code of `COORDINATOR_ERRORS`. The message says what was tried, on what, and what came back. */
export class CoordinatorError extends Error {
  readonly code: CoordinatorErrorCode;

  constructor(code: CoordinatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CoordinatorError";
    this.code = code;
  }

  /** The status that a process ends with on this fault. */
  get exit(): number {
    return COORDINATOR_ERRORS[this.code].exit;
  }
}
