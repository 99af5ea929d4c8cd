import type { Reported } from "../reply-log.ts";
import { celsius, fanPercent, watts } from "./gpu.ts";
import { answers, type PartNow, type Question, reply, total } from "./protocol.ts";
import { AMD_CARDS, GPU, type Speaker } from "./speaker.ts";

const VERSION = "15.0 - ETH";
const kilohashes = ({ now }: PartNow): number => Math.round(now.mean(10) / 1000);
/** Figures of one kind in one text, as all of this family has them. */
const listed = (figures: readonly (number | string)[]): string => figures.join(";");

/** The nine texts of `miner_getstat1`. Rates in kH/s, uptime in minutes. */
export function getstat1(version: string, { parts }: Question): string[] {
  const off = listed(parts.map(() => "off"));
  const minutes = Math.floor(parts[0].now.uptimeSeconds / 60);
  return [
    version,
    String(minutes),
    listed([
      total(parts, (_, part) => kilohashes(part)),
      total(parts, (now) => now.accepted),
      total(parts, (now) => now.rejected),
    ]),
    listed(parts.map(kilohashes)),
    listed([0, 0, 0]),
    off,
    listed(parts.flatMap((part) => [celsius(part), fanPercent(part)])),
    "pool.example:4444",
    listed([0, 0, 0, 0]),
  ];
}

/** What both of its replies say of a GPU. */
export function getstatSays(part: PartNow): Reported {
  const uptimeSeconds = Math.floor(part.now.uptimeSeconds / 60) * 60;
  return { hashrate: kilohashes(part) * 1000, chipCelsius: celsius(part), uptimeSeconds };
}

/** Claymore's miner: JSON-RPC on a line of TCP. `miner_getstat2` adds each GPU's shares and its bus, in decimal. */
export const claymore: Speaker = {
  name: "claymore",
  doors: [{ link: "line", port: 3333 }],
  gpus: { make: "amdgpu", count: 2 },
  models: AMD_CARDS,
  nature: { ...GPU, algorithm: "ethash" },
  protocol: answers({
    miner_getstat1: (question) => reply(question, line(getstat1(VERSION, question)), getstatSays),
    miner_getstat2: (question) =>
      reply(question, line(getstat2(question)), (part) => ({
        ...getstatSays(part),
        sharesAccepted: part.now.accepted,
        sharesRejected: part.now.rejected,
      })),
  }),
};

const line = (result: readonly string[]): string =>
  `${JSON.stringify({ id: 0, error: null, result })}\n`;

function getstat2(question: Question): string[] {
  const { parts } = question;
  const none = listed(parts.map(() => 0));
  return [
    ...getstat1(VERSION, question),
    listed(parts.map((part) => part.now.accepted)),
    listed(parts.map((part) => part.now.rejected)),
    none,
    none,
    none,
    none,
    listed(parts.map((part) => part.pciBus)),
    listed([0, 0, 0]),
    String(total(parts, (_, part) => watts(part))),
  ];
}
