import type { DeviceKind } from "./core/device.ts";
import { RigError } from "./core/errors.ts";
import { isLoopback } from "./core/listen.ts";
import type { Log } from "./core/ports.ts";
import type { SourceRole } from "./core/sample.ts";
import { isUnproven } from "./drivers/driver.ts";
import { Admissions } from "./drivers/links/admission.ts";
import {
  type Tools as DriverTools,
  openSource,
  type Source,
  type SourceSpec,
} from "./drivers/open.ts";
import { probe } from "./drivers/probe.ts";
import type { Answer, AskableSource } from "./sampler/sampler.ts";
import { present } from "./settings/present.ts";
import type { DeviceSettings, Settings } from "./settings/settings.ts";

interface Tools extends DriverTools {
  readonly log: Log;
}

const NOTHING: Answer = { reports: [], replies: {} };

/** A configured source as the sampler asks it; one without a driver looks for it when it is first asked. */
class ConfiguredSource implements AskableSource {
  readonly name: string;
  readonly address: string;
  readonly local: boolean;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly #spec: SourceSpec;
  readonly #tools: Tools;
  /** A sensor of this host that was not asked for: its absence is no fault. */
  readonly #ifPresent: boolean;
  #source: Source | undefined;
  #absent = false;
  #answered = false;

  constructor(
    spec: SourceSpec,
    times: { intervalMs: number; timeoutMs: number },
    tools: Tools,
    ifPresent = false,
  ) {
    this.name = spec.name;
    this.address = spec.address ?? "this host";
    this.local = spec.address === undefined || isLoopback(hostOf(spec.address));
    this.intervalMs = times.intervalMs;
    this.timeoutMs = times.timeoutMs;
    this.#spec = spec;
    this.#tools = tools;
    this.#ifPresent = ifPresent;
  }

  get kind(): DeviceKind {
    return this.#source?.driver.kind ?? "asic";
  }

  get role(): SourceRole {
    return this.#source?.driver.role ?? "miner";
  }

  get make(): string {
    return this.#source?.driver.name ?? this.#spec.driver;
  }

  get unproven(): boolean {
    return this.#source === undefined ? false : isUnproven(this.#source.driver);
  }

  async ask(signal: AbortSignal): Promise<Answer> {
    if (this.#absent) return NOTHING;
    try {
      this.#source ??= await this.#open(signal);
      const answer = await this.#source.ask(signal);
      this.#answered = true;
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
    await this.#source?.stop();
  }

  async #open(signal: AbortSignal): Promise<Source> {
    const { log } = this.#tools;
    if (this.#spec.driver !== "auto") return openSource(this.#spec, this.#tools);
    const { driver: _auto, address = "", ...rest } = this.#spec;
    const { driver, source } = await probe(address, this.#tools, signal, rest);
    log.info("a device was recognised", { source: this.name, driver: driver.name });
    return source;
  }
}

function hostOf(address: string): string {
  const url = URL.parse(address.includes("://") ? address : `tcp://${address}`);
  return url?.hostname ?? address;
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
