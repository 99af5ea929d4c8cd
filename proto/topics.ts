import { type Hex, isHex } from "./hex.ts";

interface Topic {
  readonly name: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

const topic = (tail: string, retain = false): ((rig: Hex) => Topic) => {
  return (rig) => ({ name: `rig/v1/${rig}/${tail}`, qos: 1, retain });
};

/** Every MQTT topic with its quality of service. Section 6 of docs/attestation.md. */
export const TOPICS = {
  hello: topic("hello"),
  welcome: topic("welcome"),
  attestation: topic("attestation"),
  receipt: topic("receipt"),
  presence: topic("presence", true),
  settingsDesired: topic("settings/desired", true),
  settingsReported: topic("settings/reported", true),
} as const;

/** What a coordinator subscribes to. */
export const COORDINATOR_FILTERS = [
  "rig/v1/+/hello",
  "rig/v1/+/attestation",
  "rig/v1/+/presence",
] as const;

/** The rig and the tail of one of our topics; undefined for any other topic. */
export function parseTopic(name: string): { rig: Hex; tail: string } | undefined {
  const [root, version, rig, ...tail] = name.split("/");
  if (root !== "rig" || version !== "v1" || !isHex(rig, 20)) return undefined;
  return { rig, tail: tail.join("/") };
}

/** What a rig says of itself on the presence topic, as JSON; the last will says `online: false`. */
export interface Presence {
  readonly online: boolean;
  readonly version: string;
  /** Unix seconds. */
  readonly since: number;
}
