import { hostsAfter } from "./hosts.ts";
import { type Recording, recordings } from "./recording.ts";
import { ReplyLog } from "./reply-log.ts";
import type { Asked, Served } from "./servers/answering.ts";
import { Listener } from "./servers/listener.ts";
import { replayServer } from "./servers/replay-server.ts";
import { steadyClock } from "./steady-clock.ts";

/** How recorded replies are served. */
export interface ReplayOptions {
  /** A folder of replies, or of folders of replies. */
  readonly folder: string;
  /** Devices take the loopback addresses after it: default 127.0.10.0. */
  readonly baseAddress?: string;
  /** standard: 4028 and 80 (or 8080) where they can be had. any: one port that is free. */
  readonly ports?: "standard" | "any";
  readonly logFile?: string;
}

/** A device that says what was recorded of it, in both protocols on each of its addresses. */
interface ReplayDevice {
  readonly name: string;
  /** host:port, the first is where a cgminer client would look. */
  readonly addresses: readonly string[];
  readonly asks: readonly string[];
}

/** Recorded replies, being served. */
export interface Replay {
  readonly devices: readonly ReplayDevice[];
  readonly log: ReplyLog;
  stop(): Promise<void>;
}

/** Serves a folder of recorded replies. Throws when it holds none. */
export async function startReplay(options: ReplayOptions): Promise<Replay> {
  const log = new ReplyLog(options.logFile);
  const hosts = hostsAfter(options.baseAddress ?? "127.0.10.0", new Set());
  const sets =
    options.ports === "any"
      ? [[0]]
      : [
          [4028, 0],
          [80, 8080, 0],
        ];
  const listeners: Listener[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()));
    await log.close();
  };
  try {
    await log.open();
    const devices: ReplayDevice[] = [];
    for (const recording of recordings(options.folder)) {
      const host = hosts();
      const server = (): ReturnType<typeof replayServer> => serve(recording, log);
      const own = sets.map((ports) => new Listener(server(), host, ports));
      listeners.push(...own);
      for (const listener of own) await listener.open();
      const { name, asks } = recording;
      devices.push({ name, asks, addresses: own.map(({ address }) => address) });
    }
    return { devices, log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function serve(recording: Recording, log: ReplyLog): ReturnType<typeof replayServer> {
  const clock = steadyClock();
  const answer = async (asked: Asked): Promise<Served | undefined> => {
    const ask = asked.ask.split("?")[0] ?? asked.ask;
    const reply = await recording.reply(ask);
    if (reply) log.add({ atMs: clock(), device: recording.name, key: "", ask });
    return reply && { bytes: reply };
  };
  return replayServer({ answer, fault: () => undefined }, clock);
}
