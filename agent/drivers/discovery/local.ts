import { asRigError, isAbort } from "../../core/errors.ts";
import type { Clock } from "../../core/ports.ts";
import { hostAndPort } from "../address.ts";
import { isRemote } from "../dial.ts";
import { openSource } from "../open.ts";
import { type ProbeSpec, probe, probedPorts } from "../probe.ts";
import { DRIVERS } from "../registry.ts";
import { localPlaces } from "./local-ports.ts";
import type { Found, Unread } from "./look.ts";

export interface LocalOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly spec?: ProbeSpec;
  /** Where procfs is; `/proc` by default. */
  readonly proc?: string;
}

/** Sensors print a block a period; the first is wanted soon. */
const PERIOD_MS = 1000;

/** GPUs, sensors and mining programs of this host. What is not there is no fault. */
export async function localDevices(
  options: LocalOptions,
): Promise<{ found: readonly Found[]; unread: readonly Unread[] }> {
  const sensors = await Promise.all(
    DRIVERS.filter((driver) => !isRemote(driver)).map(({ name }) => sensor(name, options)),
  );
  const places = localPlaces(probedPorts(), options.proc);
  const miners = await Promise.all(
    places.map(({ host, port }) => miner(hostAndPort(host, port), options)),
  );
  const all = [...sensors, ...miners];
  return { found: all.flatMap(({ found }) => found), unread: all.flatMap(({ unread }) => unread) };
}

type Looked = { readonly found: readonly Found[]; readonly unread: readonly Unread[] };
const NOTHING: Looked = { found: [], unread: [] };

async function sensor(name: string, { clock, signal, spec }: LocalOptions): Promise<Looked> {
  const source = openSource({ ...spec, name, driver: name, periodMs: PERIOD_MS }, { clock });
  try {
    const { reports } = await source.ask(signal);
    const { driver } = source;
    return reports.length === 0
      ? NOTHING
      : { found: [{ address: "local", driver, reports }], unread: [] };
  } catch (thrown) {
    if (isAbort(thrown) && signal.aborted) throw thrown;
    const error = asRigError(thrown);
    // No program, no card: most hosts have neither.
    const absent = error.code === "driver-no-program" || error.code === "driver-refused";
    return absent ? NOTHING : { found: [], unread: [{ address: name, error }] };
  } finally {
    await source.stop();
  }
}

async function miner(address: string, { clock, signal, spec }: LocalOptions): Promise<Looked> {
  try {
    const { driver, source } = await probe(address, { clock }, signal, spec);
    try {
      const { reports } = await source.ask(signal);
      return { found: [{ address, driver, reports }], unread: [] };
    } finally {
      await source.stop();
    }
  } catch (thrown) {
    if (isAbort(thrown) && signal.aborted) throw thrown;
    const error = asRigError(thrown);
    // Whatever else listens at a usual port of a miner is none of ours.
    return error.code === "driver-auth" ? { found: [], unread: [{ address, error }] } : NOTHING;
  }
}
