import type { DeviceKind } from "./core/device.ts";
import { RigError } from "./core/errors.ts";
import { isThisHost, ownAddresses, plainHost } from "./core/own-addresses.ts";
import type { Log } from "./core/ports.ts";
import type { SourceRole } from "./core/sample.ts";
import { hostAndPort, parseAddress } from "./drivers/address.ts";
import { type Driver, isUnproven } from "./drivers/driver.ts";
import { Admissions } from "./drivers/links/admission.ts";
import { type Tools as DriverTools, openSource, type SourceSpec } from "./drivers/open.ts";
import { SoughtSource } from "./drivers/sought.ts";
import type { Answer, AskableSource } from "./sampler/sampler.ts";
import { present } from "./settings/present.ts";
import type { DeviceSettings, Settings } from "./settings/settings.ts";

interface Tools extends DriverTools {
  readonly log: Log;
}

const NOTHING: Answer = { reports: [], replies: {} };

/** What is asked: a source, or one whose driver is looked for. */
interface Asked {
  readonly driver: Driver | undefined;
  readonly address: string | undefined;
  ask(signal: AbortSignal): Promise<Answer>;
  stop(): Promise<void>;
}

/** A configured source as the sampler asks it; one without a driver looks for it when it is first asked. */
class ConfiguredSource implements AskableSource {
  readonly name: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly #spec: SourceSpec;
  readonly #tools: Tools;
  /** A sensor of this host that was not asked for: its absence is no fault. */
  readonly #ifPresent: boolean;
  #asked: Asked | undefined;
  #driver: Driver | undefined;
  #place: Place | undefined;
  #absent = false;
  #answered = false;

  constructor(
    spec: SourceSpec,
    times: { intervalMs: number; timeoutMs: number },
    tools: Tools,
    ifPresent = false,
  ) {
    this.name = spec.name;
    this.intervalMs = times.intervalMs;
    this.timeoutMs = times.timeoutMs;
    this.#spec = spec;
    this.#tools = tools;
    this.#ifPresent = ifPresent;
  }

  get kind(): DeviceKind {
    return this.#driver?.kind ?? "asic";
  }

  get role(): SourceRole {
    return this.#driver?.role ?? "miner";
  }

  get make(): string {
    return this.#driver?.name ?? this.#spec.driver;
  }

  get unproven(): boolean {
    return this.#driver === undefined ? false : isUnproven(this.#driver);
  }

  /** Host and port in one spelling, however the settings write it; without the port until it has answered. */
  get address(): string {
    return this.#place?.address ?? placeOf(this.#spec.address).address;
  }

  /** Settled when it has answered: at start-up the interfaces may not have their addresses yet. */
  get local(): boolean {
    return this.#place?.local ?? placeOf(this.#spec.address).local;
  }

  async ask(signal: AbortSignal): Promise<Answer> {
    if (this.#absent) return NOTHING;
    try {
      this.#asked ??= this.#open();
      const answer = await this.#asked.ask(signal);
      this.#answered = true;
      this.#settle(this.#asked);
      return answer;
    } catch (thrown) {
      if (!this.#isAbsence(thrown)) throw thrown;
      this.#tools.log.debug("a sensor is not on this host", { source: this.name });
      // Without the program there never will be an answer; without a card one may still be put in.
      if ((thrown as RigError).code === "driver-no-program") {
        this.#absent = true;
        await this.stop();
      }
      return NOTHING;
    }
  }

  /** A sensor that nobody asked for is not missed: its program is not installed, or finds no card. */
  #isAbsence(thrown: unknown): boolean {
    if (!this.#ifPresent || this.#answered || !(thrown instanceof RigError)) return false;
    return thrown.code === "driver-no-program" || thrown.code === "driver-refused";
  }

  async stop(): Promise<void> {
    await this.#asked?.stop();
  }

  #open(): Asked {
    const { driver, ...rest } = this.#spec;
    if (driver === "auto") return new SoughtSource(rest, this.#tools);
    return openSource(this.#spec, this.#tools);
  }

  #settle({ driver, address }: Asked): void {
    if (this.#driver === driver && this.#place?.called === address) return;
    if (this.#spec.driver === "auto" && driver !== undefined)
      this.#tools.log.info("a device was recognised", { source: this.name, driver: driver.name });
    this.#driver = driver;
    this.#place = placeOf(this.#spec.address, address);
  }
}

/** Where something is asked. */
interface Place {
  /** In one spelling, without a login; a path behind a web address tells devices apart. */
  readonly address: string;
  readonly local: boolean;
  /** As the source calls it. */
  readonly called: string | undefined;
}

function placeOf(written: string | undefined, called?: string): Place {
  if (written === undefined) return { address: "this host", local: true, called };
  const { host, port } = parseAddress(called ?? written);
  const own = ownAddresses();
  const plain = own.has(plainHost(host)) ? "127.0.0.1" : plainHost(host);
  const path = parseAddress(written).url?.pathname.replace(/\/$/, "") ?? "";
  return {
    address: `${port === undefined ? plain : hostAndPort(plain, port)}${path}`,
    local: isThisHost(host, own),
    called,
  };
}

/** Every source that the settings name, and the sensors of this host; `stop` lets go of what they hold. */
export function configuredSources(
  settings: Settings,
  tools: Tools,
): (AskableSource & { stop(): Promise<void> })[] {
  const { sampling, sensors } = settings;
  const shared = { ...tools, admissions: new Admissions(tools.clock) };
  const configured = settings.devices.map(
    (device) => new ConfiguredSource(specOf(device, settings), device, shared),
  );
  const has = (driver: string): boolean =>
    settings.devices.some((device) => device.driver === driver);
  const own: [name: string, driver: string, wanted: boolean, ifPresent: boolean][] = [
    ["nvidia", "nvidia", sensors.nvidia === "auto" && !has("nvidia"), true],
    ["amdgpu", "amdgpu", sensors.amdgpu === "auto" && !has("amdgpu"), true],
    ["intel", "intel", sensors.intel === "auto" && !has("intel"), true],
    ["host", "host", sensors.host === "on" && !has("host"), false],
  ];
  const sensing = own
    .filter(
      ([name, , wanted]) => wanted && !settings.devices.some((device) => device.name === name),
    )
    .map(([name, driver, , ifPresent]) => {
      const spec = { name, driver, timeoutMs: sampling.timeoutMs, periodMs: sampling.intervalMs };
      return new ConfiguredSource(spec, sampling, shared, ifPresent);
    });
  return [...configured, ...sensing];
}

function specOf(device: DeviceSettings, { tryDefaultLogins }: Settings): SourceSpec {
  const { password, token, intervalMs, ...rest } = device;
  return present({
    ...rest,
    periodMs: intervalMs,
    tryDefaultLogin: tryDefaultLogins,
    password: password?.reveal(),
    token: token?.reveal(),
  });
}
