import { stringify } from "yaml";
import type { AgentDevice } from "./site-device.ts";

/** The `devices:` part of an agent's settings for a simulated site. */
export function settingsFragment(devices: readonly AgentDevice[]): string {
  return `# SIMULATED: these are no real machines.\n${stringify({ devices })}`;
}
