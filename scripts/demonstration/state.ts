import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { call } from "./processes.ts";

/** Ports that a demonstration takes on loopback. */
export interface Ports {
  readonly broker: number;
  readonly http: number;
  readonly status: number;
}

/** Where everything of a demonstration lies. */
export interface Places {
  readonly directory: string;
  readonly coordinatorSettings: string;
  readonly agentSettings: string;
  readonly devices: string;
  readonly ownerKey: string;
  readonly ownerPassphrase: string;
}

export const CHAIN_ID = 31337;
/** A made-up collection: nothing of the demonstration is on any chain. */
export const COLLECTION = "0x000000000000000000000000000000000000c0de";
/** Token and its part of the rig. */
export const TOKENS = [
  { id: 1, fraction: "1/4" },
  { id: 2, fraction: "3/4" },
] as const;

export function placesIn(directory: string): Places {
  return {
    directory,
    coordinatorSettings: join(directory, "coordinator.yaml"),
    agentSettings: join(directory, "agent.yaml"),
    devices: join(directory, "devices.yaml"),
    ownerKey: join(directory, "owner.json"),
    ownerPassphrase: join(directory, "owner.passphrase"),
  };
}

interface Join {
  readonly rig: string;
  readonly coordinator: {
    readonly address: string;
    readonly chain_id: number;
    readonly salt: string;
  };
  readonly uplink: { readonly url: string; readonly username: string; readonly password: string };
}

const SECRET = { mode: 0o600 } as const;

function makeKey(file: string, passphrase: string): string {
  const words = ["--file", file, "--passphrase-file", passphrase, "--json"];
  const verb = existsSync(file) ? "address" : "new";
  return (JSON.parse(call("agent/main.ts", ["key", verb, ...words])) as { address: string })
    .address;
}

/** Makes what is missing: the coordinator's identity, the rig's and the owner's keys, the rig's login. */
function makeIdentities(places: Places): Join {
  const kept = join(places.directory, "join.json");
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8")) as Join;
  call("coordinator/main.ts", ["init", "--settings", places.coordinatorSettings]);
  const owner = makeKey(places.ownerKey, places.ownerPassphrase);
  const rig = makeKey(join(places.directory, "key.json"), join(places.directory, "key.passphrase"));
  const words = [
    "rig",
    "add",
    rig,
    "--owner",
    owner,
    "--name",
    "demonstration",
    "--settings",
    places.coordinatorSettings,
  ];
  const added = call("coordinator/main.ts", [...words, "--json"]);
  writeFileSync(kept, added, SECRET);
  return JSON.parse(added) as Join;
}

/** How fast a demonstration goes. */
export interface Pace {
  readonly window: string;
  readonly interval: string;
  readonly timeout: string;
  readonly batch: string;
}
const QUICK: Pace = { window: "10s", interval: "2s", timeout: "1500ms", batch: "1s" };

/** Writes the settings anew (ports may differ from start to start) and makes what a first start lacks. Answers the rig. */
export function prepareState(
  places: Places,
  ports: Ports,
  pace: Pace = QUICK,
): { rig: string; coordinator: string } {
  mkdirSync(places.directory, { recursive: true, mode: 0o700 });
  writeFileSync(
    places.coordinatorSettings,
    stringify({
      state: "coordinator",
      chain_id: CHAIN_ID,
      window: pace.window,
      epoch: "1m",
      grace: "10s",
      simulated: true,
      broker: { listen: `127.0.0.1:${ports.broker}` },
      http: { listen: `127.0.0.1:${ports.http}` },
      log: { level: "info" },
    }),
  );
  const joined = makeIdentities(places);
  writeFileSync(
    places.agentSettings,
    `${stringify({
      state: "agent",
      simulated: true,
      key: { file: "key.json", passphrase_file: "key.passphrase" },
      coordinator: joined.coordinator,
      uplink: { ...joined.uplink, url: `mqtt://127.0.0.1:${ports.broker}` },
      sensors: { nvidia: "off", amdgpu: "off", intel: "off", host: "on" },
      sampling: { interval: pace.interval, timeout: pace.timeout },
      store: { batch: pace.batch },
      status: { listen: `127.0.0.1:${ports.status}` },
      log: { level: "info", format: "json" },
    })}${readFileSync(places.devices, "utf8")}`,
    SECRET,
  );
  return { rig: joined.rig, coordinator: joined.coordinator.address };
}

/** Gives each token its part of the rig for the next year, once. */
export function allocate(places: Places, rig: string): void {
  const done = join(places.directory, "allocated");
  if (existsSync(done)) return;
  const from = Math.floor(Date.now() / 60_000) * 60;
  const to = from + 365 * 86_400;
  for (const { id, fraction } of TOKENS) {
    call("coordinator/main.ts", [
      ...["nft", "allocate", "--settings", places.coordinatorSettings, "--rig", rig],
      ...["--token", `${CHAIN_ID}:${COLLECTION}:${id}`, "--fraction", fraction],
      ...["--from", String(from), "--to", String(to)],
      ...["--owner-key", places.ownerKey, "--passphrase-file", places.ownerPassphrase],
    ]);
  }
  writeFileSync(done, `${from}\n`);
}
