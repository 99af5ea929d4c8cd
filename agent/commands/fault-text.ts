import { asRigError, ERRORS } from "../core/errors.ts";
import { SettingsError, showFault } from "../settings/faults.ts";
import { toJsonText } from "./io.ts";
import { printable } from "./text.ts";

/** EX_CONFIG: systemd is told not to start again on it. */
const EXIT_SETTINGS = 78;
const EXIT_FAULT = 1;

/** A fault that ends a command: what to print and what to exit with. */
export interface LastWords {
  readonly exitCode: number;
  readonly text: string;
}

/** What to say of a fault that reached the edge of the program. */
export function lastWords(thrown: unknown, asJson: boolean): LastWords {
  const error = asRigError(thrown);
  const isSettings = error.code === "settings-invalid" || error.code === "settings-unreadable";
  const exitCode = isSettings ? EXIT_SETTINGS : EXIT_FAULT;
  const faults = error instanceof SettingsError ? error.faults : undefined;
  if (asJson) {
    const { code, message, facts } = error;
    return { exitCode, text: toJsonText({ error: { code, message, facts, faults } }) };
  }
  if (error instanceof SettingsError) {
    const lines = error.faults.map((fault) => printable(showFault(error.file, fault)));
    return {
      exitCode,
      text: [...lines, `${printable(error.message)}; nothing was started.`].join("\n"),
    };
  }
  const advice = error.message.includes(ERRORS[error.code].about)
    ? ""
    : `\n${ERRORS[error.code].about}.`;
  const trace = error.code === "bug" ? `\n${stackOf(error.cause ?? error)}` : "";
  return {
    exitCode,
    text: `rig-agent: ${printable(error.message)} (${error.code})${advice}${trace}`,
  };
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
