import { answers, hexBus, reply, rounded, total } from "./protocol.ts";
import { AMD_CARDS, GPU, type Speaker } from "./speaker.ts";

/** ixiMiner: GET /status, a list with one program in it. Bus numbers are hex; shares are counted for the program. */
export const iximiner: Speaker = {
  name: "iximiner",
  doors: [{ link: "http", port: 4002 }],
  gpus: { make: "amdgpu", count: 2 },
  models: [
    { ...AMD_CARDS[0], hashrate: 106_000 },
    { model: "Radeon RX 5700 XT", hashrate: 71_000, watts: 110 },
  ],
  nature: {
    ...GPU,
    algorithm: "argon2id",
    difficulty: 1,
    hashesPerDifficulty: 1_000_000,
    warmUp: "ramp",
  },
  protocol: answers({
    "/status": (question) => {
      const { parts } = question;
      const [{ now }] = parts;
      const [shares, rejects] = [
        total(parts, (each) => each.accepted),
        total(parts, (each) => each.rejected),
      ];
      const program = {
        name: "miner",
        block_height: 600_000,
        time_running: now.uptimeSeconds,
        total_blocks: 30,
        shares,
        rejects,
        earned: 0,
        hashers: [
          {
            type: "GPU",
            subtype: "OPENCL",
            devices: parts.map((part, at) => ({
              id: at + 1,
              bus_id: `${hexBus(part)}:00.0`,
              name: part.model,
              intensity: 88,
              hashrate: rounded(part.now.mean(30), 1),
            })),
          },
        ],
      };
      return reply(
        question,
        [program],
        (part) => ({
          hashrate: rounded(part.now.mean(30), 1),
          uptimeSeconds: part.now.uptimeSeconds,
        }),
        { sharesAccepted: shares, sharesRejected: rejects },
      );
    },
  }),
};
