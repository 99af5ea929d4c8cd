import { celsius, fanPercent, rate } from "./gpu.ts";
import { answers, reply, rounded, total } from "./protocol.ts";
import { GPU, NVIDIA_CARDS, type Speaker } from "./speaker.ts";

const line = (document: object): string =>
  `${JSON.stringify({ ...document, id: 1, error: null })}\n`;

/** NiceHash Excavator: JSON-RPC on a line of TCP. Workers tie GPUs to what is mined; shares are counted for all. */
export const excavator: Speaker = {
  name: "excavator",
  doors: [{ link: "line", port: 3456 }],
  gpus: { make: "nvidia", count: 2 },
  models: NVIDIA_CARDS,
  nature: { ...GPU, algorithm: "ethash" },
  protocol: answers({
    "algorithm.list": (question) => {
      const { parts } = question;
      const algorithm = {
        algorithm_id: 20,
        name: "daggerhashimoto",
        speed: total(parts, (_, part) => rate(part)),
        uptime: parts[0].now.uptimeSeconds,
        accepted_shares: total(parts, (now) => now.accepted),
        rejected_shares: total(parts, (now) => now.rejected),
        got_job: true,
      };
      return reply(question, line({ algorithms: [algorithm] }));
    },
    "devices.get": (question) => {
      const devices = question.parts.map((part, at) => ({
        device_id: at,
        name: part.model,
        details: { cuda_id: at, bus_id: part.pciBus },
        uuid: part.id,
        gpu_temp: celsius(part),
        gpu_load: Math.round(part.now.busy * 100),
        gpu_power_usage: rounded(part.now.watts, 3),
        gpu_power_limit_current: 250,
        gpu_clock_core_max: 1410,
        gpu_clock_memory: 7500,
        gpu_fan_speed: fanPercent(part),
        gpu_fan_speed_rpm: Math.round(part.now.fanDuty * 3300),
      }));
      return reply(question, line({ devices }), (part) => ({
        powerWatts: rounded(part.now.watts, 3),
        chipCelsius: celsius(part),
      }));
    },
    "worker.list": (question) => {
      const workers = question.parts.map((part, at) => ({
        worker_id: at,
        device_id: at,
        algorithms: [{ id: 20, name: "daggerhashimoto", speed: rate(part) }],
      }));
      return reply(question, line({ workers }), (part) => ({ hashrate: rate(part) }));
    },
    "subscribe.info": (question) =>
      reply(question, line({ address: "pool.example:3200", login: question.worker })),
  }),
};
