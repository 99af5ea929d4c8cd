import { Command } from "commander";
import { RigError } from "../core/errors.ts";
import { localDevices } from "../drivers/discovery/local.ts";
import { type Progress, scan, type Unread } from "../drivers/discovery/scan.ts";
import { countOf, parseTarget } from "../drivers/discovery/targets.ts";
import { readBootId, SystemClock } from "../platform/clock.ts";
import { parseDuration } from "../settings/units.ts";
import type { Looked } from "./discover-changes.ts";
import { type Device, devicesOf, foundLines, unreadLines } from "./discover-text.ts";
import type { Written } from "./discover-write.ts";
import { type CommandIo, toJsonText } from "./io.ts";
import { writtenLines } from "./written-text.ts";

interface Options {
  readonly settings: string;
  readonly write?: boolean;
  readonly tryDefaultLogins?: boolean;
  readonly sockets: string;
  readonly timeout: string;
  readonly json?: boolean;
}

/** `rig-agent discover [CIDR…]`: finds devices on this host, and in networks that are named. */
export function discoverCommand(io: CommandIo): Command {
  return new Command("discover")
    .description("find and identify devices: on this host, and in the networks that are named")
    .argument("[network...]", "192.168.1.0/24, 192.168.1.10-90, an address or a host name")
    .option("--write", "add what was found to the settings file, comments kept")
    .option("--settings <file>", "the settings file", "/etc/rig-agent/agent.yaml")
    .option("--try-default-logins", "try the makers' own logins where a device wants one")
    .option("--sockets <count>", "open connections at most", "512")
    .option("--timeout <duration>", "how long a device may take to answer", "3s")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Without a network only this host is looked at. Devices are asked what tells who they are, and nothing is ever written to
one. What is found at another address than before, by its serial number or MAC, keeps its name in the settings.

Examples:
  rig-agent discover
  rig-agent discover 192.168.1.0/24
  rig-agent discover 192.168.1.0/24 --write --settings ~/rig/agent.yaml`,
    )
    .action((networks: string[], options: Options) => discover(io, networks, options));
}

async function discover(io: CommandIo, networks: string[], options: Options): Promise<void> {
  const targets = networks.map(parseTarget);
  const sockets = Number(options.sockets);
  if (!Number.isInteger(sockets) || sockets < 8 || sockets > 65_536)
    throw new RigError("command-invalid", "--sockets is a number from 8 to 65536");
  const clock = new SystemClock(readBootId());
  const timeoutMs = parseDuration(options.timeout);
  if (timeoutMs === undefined || timeoutMs < 100)
    throw new RigError("command-invalid", "--timeout is a duration such as 3s, 100ms or more");
  const signal = io.stopSignal();
  const spec = {
    timeoutMs,
    ...(options.tryDefaultLogins ? { tryDefaultLogin: true } : {}),
  };
  const progress = new ProgressLine(io);
  const here = await localDevices({ clock, signal, spec });
  const there =
    countOf(targets) === 0
      ? { found: [], unread: [] }
      : await scan({
          targets,
          clock,
          signal,
          spec,
          sockets,
          onProgress: (now) => progress.show(now),
        });
  progress.end();
  const devices = devicesOf([...here.found, ...there.found]);
  const unread = [...here.unread, ...there.unread];
  const looked = { targets, unread };
  const written =
    options.write === true ? await write(options.settings, devices, looked) : undefined;
  if (options.json) {
    io.out(
      toJsonText({ devices, unread: unread.map(unreadJson), ...(written ? { written } : {}) }),
    );
    return;
  }
  io.out([...foundLines(devices), ...unreadLines(unread)].join("\n"));
  if (written !== undefined) io.out(writtenLines(written).join("\n"));
  else if (devices.length > 0) io.out(`\n--write adds them to ${options.settings}.`);
}

const unreadJson = ({ address, error }: Unread): object => ({
  address,
  code: error.code,
  message: error.message,
});

async function write(file: string, devices: readonly Device[], looked: Looked): Promise<Written> {
  const { writeFound } = await import("./discover-write.ts");
  return writeFound(file, devices, looked);
}

/** One line on a terminal that is written over while it goes on. */
class ProgressLine {
  readonly #io: CommandIo;
  #shownMs = 0;
  #shown = false;

  constructor(io: CommandIo) {
    this.#io = io;
  }

  show({ looked, of, answering, found }: Progress): void {
    const nowMs = performance.now();
    if (!this.#io.progress || (nowMs - this.#shownMs < 100 && looked < of)) return;
    this.#shownMs = nowMs;
    this.#shown = true;
    this.#io.progress(
      `\r${looked} of ${of} addresses, ${answering} answer, ${found} known\u001B[K`,
    );
  }

  end(): void {
    if (this.#shown) this.#io.progress?.("\r\u001B[K");
  }
}
