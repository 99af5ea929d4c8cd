import { SPEAKERS } from "./speakers.ts";
import { type DeviceSpec, devicesFrom } from "./specs.ts";

const LEAST = 60;
/** What a site has more than one of. */
const USUAL = ["antminer", "whatsminer", "trex", "axeos"] as const;

/** One device of each family, more of the usual ones up to 60, and the sensors of their GPUs. */
function mixed(): DeviceSpec[] {
  const families = SPEAKERS.map(({ name }) => ({ driver: name }));
  const more = Array.from({ length: Math.max(0, LEAST - families.length) }, (_, at) => ({
    driver: USUAL[at % USUAL.length] as string,
  }));
  return [...families, ...more, { driver: "nvidia" }, { driver: "amdgpu" }];
}

const PROFILES: Readonly<Record<string, () => DeviceSpec[]>> = {
  typical: () => devicesFrom(),
  mixed,
};

/** What a site can be called for. */
export const PROFILE_NAMES: readonly string[] = Object.keys(PROFILES);

/** The devices of a site by its name, such as `mixed`. Throws for another name. */
export function devicesOf(profile: string): DeviceSpec[] {
  const devices = Object.hasOwn(PROFILES, profile) ? PROFILES[profile] : undefined;
  if (devices === undefined) {
    throw new Error(`"${profile}" is not one of ${PROFILE_NAMES.join(", ")}`);
  }
  return devices();
}
