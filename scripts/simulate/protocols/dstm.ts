import { celsius, fanPercent } from "./gpu.ts";
import { answers, counters, reply, rounded } from "./protocol.ts";
import { EQUIHASH, type Speaker } from "./speaker.ts";

const solutions = (rate: number): number => rounded(rate, 2);

/** dstm's Zcash miner: JSON-RPC on a line of TCP. Bus numbers are decimal. */
export const dstm: Speaker = {
  name: "dstm",
  doors: [{ link: "line", port: 2222 }],
  gpus: { make: "nvidia", count: 2 },
  models: [
    { model: "GTX 1080 Ti", hashrate: 720, watts: 221 },
    { model: "GTX 1070", hashrate: 462, watts: 139 },
  ],
  nature: EQUIHASH,
  protocol: answers({
    getstat: (question) => {
      const { parts, worker } = question;
      const document = {
        id: 1,
        result: parts.map((part, at) => ({
          gpu_id: at,
          gpu_name: part.model,
          gpu_pci_bus_id: part.pciBus,
          gpu_pci_device_id: 0,
          gpu_uuid: part.id,
          temperature: celsius(part),
          fan_speed: fanPercent(part),
          sol_ps: solutions(part.now.mean(10)),
          avg_sol_ps: solutions(part.now.meanSinceStart),
          sol_pw: 3.1,
          power_usage: rounded(part.now.watts, 2),
          avg_power_usage: rounded(part.now.watts, 2),
          accepted_shares: part.now.accepted,
          rejected_shares: part.now.rejected,
          latency: 31,
        })),
        uptime: parts[0].now.uptimeSeconds,
        contime: parts[0].now.uptimeSeconds,
        server: "pool.example",
        port: 3333,
        user: worker,
        version: "0.6.2",
        error: null,
      };
      return reply(question, `${JSON.stringify(document)}\n`, (part) => ({
        hashrate: solutions(part.now.mean(10)),
        ...counters(part),
        powerWatts: rounded(part.now.watts, 2),
        chipCelsius: celsius(part),
      }));
    },
  }),
};
