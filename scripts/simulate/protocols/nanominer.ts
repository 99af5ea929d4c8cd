import { celsius, fanPercent, gpuSays, watts } from "./gpu.ts";
import { answers, hexBus, type PartNow, type Question, reply, total } from "./protocol.ts";
import { AMD_CARDS, GPU, type Speaker } from "./speaker.ts";

/** Seven digits, as nanominer prints every rate. */
const printed = (hashrate: number): string =>
  hashrate.toExponential(6).replace(/e\+(\d)$/, "e+0$1");
const rate = (part: PartNow): number => Number(printed(part.now.mean(10)));

/** nanominer 3: GET /stats. GPUs are members by name, bus numbers hex. */
export const nanominer: Speaker = {
  name: "nanominer",
  doors: [{ link: "http", port: 9090 }],
  gpus: { make: "amdgpu", count: 2 },
  models: AMD_CARDS,
  nature: GPU,
  protocol: answers({
    "/stats": (question) => reply(question, documentOf(question), gpuSays(rate)),
  }),
};

function documentOf({ parts }: Question) {
  const [{ now, algorithm }] = parts;
  const spelled = `${algorithm.charAt(0).toUpperCase()}${algorithm.slice(1)}`;
  const named = <T>(of: (part: PartNow) => T): Record<string, T> =>
    Object.fromEntries(parts.map((part, at) => [`GPU ${at}`, of(part)]));
  return {
    Algorithms: [
      {
        [spelled]: {
          CurrentPool: "pool.example:4444",
          ...named((part) => mined(part.now.accepted, part.now.rejected, part.now.mean(10))),
          ReconnectionCount: 0,
          Total: mined(
            total(parts, (each) => each.accepted),
            total(parts, (each) => each.rejected),
            total(parts, (each) => each.mean(10)),
          ),
        },
      },
    ],
    Devices: [
      named((part) => ({
        Name: part.model,
        Platform: "OpenCL",
        Pci: `${hexBus(part)}:00.0`,
        Fan: fanPercent(part),
        Temperature: celsius(part),
        Power: watts(part),
      })),
    ],
    WorkTime: now.uptimeSeconds,
  };
}

const mined = (Accepted: number, Denied: number, hashrate: number) => ({
  Accepted,
  Denied,
  Hashrate: printed(hashrate),
});
