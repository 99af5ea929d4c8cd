import * as z from "zod";
import {
  address,
  brokerUrl,
  bytes32,
  deviceAddress,
  duration,
  fingerprint,
  line,
  loopbackListen,
  size,
} from "./scalars.ts";

/**
 * Who may change a setting and when it counts: `live` at once, `restart` with the next start, `local-only` never from
 * afar, because it says whom the rig trusts, where its secrets are, or what it runs.
 */
type Change = "live" | "restart" | "local-only";

type Help = {
  /** What it is, for a person. */
  readonly description: string;
  readonly change: Change;
  /** Never printed. */
  readonly secret?: true;
  /** What to show for a setting that has no default. */
  readonly example?: string | number;
};

const about = (
  description: string,
  change: Change,
  more: Omit<Help, "description" | "change"> = {},
): Help => ({
  description,
  change,
  ...more,
});

const path = (): z.ZodType<string, string> => line(4096);
const secret = (): z.ZodType<string, string> => line(4096);

const key = z.strictObject({
  file: path()
    .prefault("/etc/rig-agent/key.json")
    .meta(
      about(
        "Ethereum keystore (version 3), mode 0600. `rig-agent key new` makes one.",
        "local-only",
      ),
    ),
  passphrase_file: path()
    .optional()
    .meta(
      about(
        "File with the key's passphrase, mode 0600. Left out: the systemd credential `key-passphrase`.",
        "local-only",
        { example: "/etc/rig-agent/key-passphrase" },
      ),
    ),
});

const coordinator = z.strictObject({
  address: address.meta(
    about(
      "Address of the coordinator's key, as its owner gave it to you: receipts are checked against it.",
      "local-only",
      {
        example: "0x0000000000000000000000000000000000000001",
      },
    ),
  ),
  chain_id: z
    .int()
    .min(1)
    .meta(
      about("Chain of the NFT collections that the coordinator keeps records for.", "local-only", {
        example: 1,
      }),
    ),
  salt: bytes32.meta(
    about(
      "The coordinator's salt: device ids are made with it, so no serial number is published.",
      "local-only",
      {
        example: `0x${"0".repeat(64)}`,
      },
    ),
  ),
});

const uplink = z.strictObject({
  url: brokerUrl
    .prefault("mqtt://127.0.0.1:1883")
    .meta(about("MQTT broker: mqtt://host:port, or mqtts://host:port for TLS.", "local-only")),
  username: line(200)
    .optional()
    .meta(about("Login at the broker.", "local-only", { example: "rig-1" })),
  password_file: path()
    .optional()
    .meta(
      about("File with the broker's password, mode 0600.", "local-only", {
        example: "/etc/rig-agent/broker-password",
      }),
    ),
  password: secret()
    .optional()
    .meta(
      about("The password itself; a file is better.", "local-only", {
        secret: true,
        example: "change me",
      }),
    ),
  ca_file: path()
    .optional()
    .meta(
      about(
        "Certificates that the broker's is checked against, PEM. Left out: the system's.",
        "local-only",
        { example: "/etc/rig-agent/ca.pem" },
      ),
    ),
  cert_file: path()
    .optional()
    .meta(
      about("This rig's own certificate for mutual TLS, PEM; needs key_file.", "local-only", {
        example: "/etc/rig-agent/client.pem",
      }),
    ),
  key_file: path()
    .optional()
    .meta(
      about("Key of that certificate, PEM, mode 0600.", "local-only", {
        example: "/etc/rig-agent/client-key.pem",
      }),
    ),
  insecure: z
    .boolean()
    .prefault(false)
    .meta(
      about(
        "Allows mqtt:// without TLS beyond this machine: anybody on the way can then read what is sent.",
        "local-only",
      ),
    ),
});

const device = z.strictObject({
  name: line(64).meta(about("What you call it; unique.", "restart", { example: "antminer-1" })),
  driver: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "is no driver's name")
    .prefault("auto")
    .meta(about("How it is read; auto looks which driver knows it.", "restart")),
  address: deviceAddress
    .optional()
    .meta(about("Host, host:port or URL of its API.", "restart", { example: "192.168.1.20" })),
  username: line(200)
    .optional()
    .meta(about("Login of its API.", "local-only", { example: "root" })),
  password_file: path()
    .optional()
    .meta(
      about("File with the password of its API, mode 0600.", "local-only", {
        example: "/etc/rig-agent/antminer-password",
      }),
    ),
  password: secret()
    .optional()
    .meta(
      about("The password itself; a file is better.", "local-only", {
        secret: true,
        example: "change me",
      }),
    ),
  token: secret()
    .optional()
    .meta(
      about("Access token of its API, where it wants one.", "local-only", {
        secret: true,
        example: "change me",
      }),
    ),
  fingerprint: fingerprint
    .optional()
    .meta(
      about(
        "SHA-256 of its TLS certificate, as `openssl x509 -noout -fingerprint -sha256` prints it: no other is believed then. Left out, for an https:// address: one that an authority of this system vouches for, else the one that was seen first and no other after it.",
        "local-only",
        { example: Array(32).fill("A1").join(":") },
      ),
    ),
  interval: duration("1s", "5m")
    .optional()
    .meta(about("How often it is asked. Left out: as under sampling.", "live", { example: "30s" })),
  timeout: duration("100ms", "5m")
    .optional()
    .meta(
      about("How long it may take to answer. Left out: as under sampling.", "live", {
        example: "10s",
      }),
    ),
  program: path()
    .optional()
    .meta(
      about("Program that it is read through, for drivers that run one.", "local-only", {
        example: "/usr/bin/nvidia-smi",
      }),
    ),
  root: path()
    .optional()
    .meta(
      about("Directory that it is read from, for drivers that read one.", "local-only", {
        example: "/sys",
      }),
    ),
});

const sensors = z.strictObject({
  nvidia: z
    .enum(["auto", "off"])
    .prefault("auto")
    .meta(about("NVIDIA cards through nvidia-smi; auto: if it is installed.", "restart")),
  amdgpu: z
    .enum(["auto", "off"])
    .prefault("auto")
    .meta(about("AMD cards through /sys; auto: if there are any.", "restart")),
  intel: z
    .enum(["auto", "off"])
    .prefault("auto")
    .meta(about("Intel cards through /sys; auto: if there are any.", "restart")),
  host: z
    .enum(["on", "off"])
    .prefault("on")
    .meta(about("This machine itself: load, memory, processor temperature, uptime.", "restart")),
});

const sampling = z.strictObject({
  interval: duration("1s", "5m")
    .prefault("10s")
    .meta(about("How often each device is asked.", "live")),
  timeout: duration("100ms", "5m")
    .prefault("5s")
    .meta(about("How long a device may take to answer; at most the interval.", "live")),
});

const store = z.strictObject({
  budget: size("16MiB", "1TiB")
    .prefault("256MiB")
    .meta(about("Most disk that samples and attestations may take.", "restart")),
  keep_samples: duration("1h", "3650d")
    .prefault("7d")
    .meta(about("How long samples are kept.", "restart")),
  keep_attestations: duration("90d", "3650d")
    .prefault("90d")
    .meta(
      about(
        "How long attestations and receipts are kept; the protocol asks for 90 days or more.",
        "restart",
      ),
    ),
  batch: duration("100ms", "1m")
    .prefault("5s")
    .meta(about("Samples are written this often; a power cut loses at most this much.", "restart")),
});

const status = z.strictObject({
  listen: loopbackListen
    .prefault("127.0.0.1:9595")
    .meta(about("Where the status page and /api/status are served; loopback only.", "local-only")),
});

const log = z.strictObject({
  level: z
    .enum(["error", "warn", "info", "debug"])
    .prefault("info")
    .meta(about("Least important line that is written.", "live")),
  format: z
    .enum(["auto", "json", "text"])
    .prefault("auto")
    .meta(
      about(
        "json: one object a line; text: for reading; auto: text on a terminal, else json.",
        "restart",
      ),
    ),
});

/** The settings file: the only place that says which settings there are, their defaults, limits and help. */
export const SETTINGS_SCHEMA = z.strictObject({
  state: path()
    .prefault("/var/lib/rig-agent")
    .meta(
      about(
        "Directory that the agent keeps its samples and attestations in. Relative paths here and below start at this file.",
        "local-only",
      ),
    ),
  simulated: z
    .boolean()
    .prefault(false)
    .meta(about("Marks everything that this rig shows as simulated.", "local-only")),
  key: key.prefault({}).meta({ description: "The rig's identity." }),
  coordinator: coordinator.meta({ description: "To whom this rig attests." }),
  uplink: uplink.prefault({}).meta({ description: "How attestations get there." }),
  devices: z
    .array(device)
    .max(1024)
    .prefault([])
    .meta({ description: "What is read over the network. `rig-agent read ADDRESS` tries one." }),
  try_default_logins: z
    .boolean()
    .prefault(false)
    .meta(
      about(
        "Tries the login that the maker ships a device with where the device has none here. Who listens on the network hears it.",
        "local-only",
      ),
    ),
  sensors: sensors.prefault({}).meta({ description: "What is read on this machine." }),
  sampling: sampling.prefault({}).meta({ description: "How devices are asked." }),
  store: store.prefault({}).meta({ description: "What is kept on disk." }),
  status: status.prefault({}).meta({ description: "The local status page." }),
  log: log.prefault({}).meta({ description: "The log, on standard output." }),
});

/** The settings file's content after the schema: units are numbers, defaults are filled in, names are still the file's. */
export type ParsedSettings = z.output<typeof SETTINGS_SCHEMA>;
