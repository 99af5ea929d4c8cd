import type { Hex } from "../../proto/hex.ts";
import type { ListenAddress } from "../core/listen.ts";
import { present } from "./present.ts";
import type { ParsedSettings } from "./schema.ts";
import type { Secret } from "./secret.ts";

/** One entry under `devices`, with the sampling defaults filled in. */
export interface DeviceSettings {
  readonly name: string;
  /** A driver's name, or `auto`. */
  readonly driver: string;
  readonly address?: string;
  readonly username?: string;
  readonly password?: Secret;
  readonly token?: Secret;
  /** SHA-256 of the only TLS certificate that is believed, 64 lower-case hex digits. */
  readonly fingerprint?: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly program?: string;
  readonly root?: string;
}

/** Where attestations go. */
interface UplinkSettings {
  readonly url: string;
  readonly username?: string;
  readonly password?: Secret;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly insecure: boolean;
}

/** The settings as the agent uses them: numbers in stored units, absolute paths, passwords read. */
export interface Settings {
  readonly stateDir: string;
  readonly simulated: boolean;
  readonly key: { readonly file: string; readonly passphraseFile?: string };
  readonly coordinator: { readonly address: Hex; readonly chainId: bigint; readonly salt: Hex };
  readonly uplink: UplinkSettings;
  readonly devices: readonly DeviceSettings[];
  /** Where a device has no login, the maker's own is tried. */
  readonly tryDefaultLogins: boolean;
  readonly sensors: ParsedSettings["sensors"];
  readonly sampling: { readonly intervalMs: number; readonly timeoutMs: number };
  readonly store: {
    readonly budgetBytes: number;
    readonly keepSamplesMs: number;
    readonly keepAttestationsMs: number;
    readonly batchMs: number;
  };
  readonly status: { readonly listen: ListenAddress };
  readonly log: ParsedSettings["log"];
}

/** What the typed settings need beside the parsed file. */
export interface Surroundings {
  /** Makes a path of the file absolute. */
  readonly resolve: (path: string) => string;
  /** The password of a section, by its path such as `uplink` or `devices[2]`. */
  readonly passwordOf: (section: string) => Secret | undefined;
  readonly secret: (text: string) => Secret;
}

/** The parsed file under the names that the agent uses. */
export function toSettings(parsed: ParsedSettings, around: Surroundings): Settings {
  const { resolve } = around;
  const maybe = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(path);
  const { coordinator, key, sampling, store, uplink } = parsed;
  return {
    stateDir: resolve(parsed.state),
    simulated: parsed.simulated,
    key: present({ file: resolve(key.file), passphraseFile: maybe(key.passphrase_file) }),
    coordinator: {
      address: coordinator.address,
      chainId: BigInt(coordinator.chain_id),
      salt: coordinator.salt,
    },
    uplink: present({
      url: uplink.url,
      username: uplink.username,
      password: around.passwordOf("uplink"),
      caFile: maybe(uplink.ca_file),
      certFile: maybe(uplink.cert_file),
      keyFile: maybe(uplink.key_file),
      insecure: uplink.insecure,
    }),
    devices: parsed.devices.map((device, i) => toDevice(device, i, parsed, around)),
    tryDefaultLogins: parsed.try_default_logins,
    sensors: parsed.sensors,
    sampling: { intervalMs: sampling.interval, timeoutMs: sampling.timeout },
    store: {
      budgetBytes: store.budget,
      keepSamplesMs: store.keep_samples,
      keepAttestationsMs: store.keep_attestations,
      batchMs: store.batch,
    },
    status: { listen: parsed.status.listen },
    log: parsed.log,
  };
}

function toDevice(
  device: ParsedSettings["devices"][number],
  index: number,
  parsed: ParsedSettings,
  around: Surroundings,
): DeviceSettings {
  return present({
    name: device.name,
    driver: device.driver,
    address: device.address,
    username: device.username,
    password: around.passwordOf(`devices[${index}]`),
    token: device.token === undefined ? undefined : around.secret(device.token),
    fingerprint: device.fingerprint,
    intervalMs: device.interval ?? parsed.sampling.interval,
    timeoutMs: device.timeout ?? parsed.sampling.timeout,
    program: device.program === undefined ? undefined : toProgram(device.program, around),
    root: device.root === undefined ? undefined : around.resolve(device.root),
  });
}

/** A bare name is looked for on the PATH by whoever runs it. */
function toProgram(program: string, around: Surroundings): string {
  return program.includes("/") ? around.resolve(program) : program;
}
