import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { ROOT } from "./antminer.ts";
import { BRAIINS_MODELS } from "./braiins.ts";
import { celsius, watts } from "./gpu.ts";
import { behindToken } from "./logins.ts";
import { answers, macOf, type Question, reply, rounded, shares } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const method = (service: string, name: string): string => `/braiins.bos.v1.${service}/${name}`;
const BOARDS = ["1", "2", "3"];
const giga = (rate: number): number => rounded(rate / 1e9, 2);

/** Braiins OS: the public API over gRPC, behind a token in the metadata. Field numbers: bos-plus-api, proto/bos/v1. */
export const braiinsGrpc: Speaker = {
  name: "braiins-grpc",
  doors: [{ link: "grpc", port: 50_051 }],
  models: BRAIINS_MODELS,
  nature: ASIC,
  login: ROOT,
  protocol: behindToken(
    {
      ask: method("AuthenticationService", "Login"),
      lets: ({ body }) => {
        const { 1: username, 2: password } = textsIn(Buffer.from(body, "base64"));
        return username === ROOT.username && password === ROOT.password;
      },
      gives: (token) => ({ document: message([1, token]) }),
      shows: ({ headers }, token) => headers["authorization"] === token,
    },
    answers({
      [method("MinerService", "GetMinerDetails")]: (question) =>
        reply(question, details(question), ({ now }) => ({ uptimeSeconds: now.uptimeSeconds })),
      [method("MinerService", "GetMinerStats")]: (question) =>
        reply(question, stats(question), (part) => ({
          hashrate: giga(part.now.mean(5)) * 1e9,
          ...shares(part),
          powerWatts: watts(part),
        })),
      [method("MinerService", "GetHashboards")]: (question) => reply(question, boards(question)),
      [method("CoolingService", "GetCoolingState")]: (question) => reply(question, fans(question)),
      [method("PerformanceService", "GetTunerState")]: (question) =>
        reply(question, tuner(question)),
      [method("PoolService", "GetPoolGroups")]: ({ worker, ...question }) => {
        const pool = message([2, "stratum+tcp://pool.example:3333"], [3, worker], [6, true]);
        return reply(question, message([1, message([4, pool])]));
      },
    }),
  ),
};

/** A double, where whole numbers and fractions must look alike. */
class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}
const double = (value: number): Uint8Array => message([1, new Double(value)]);

type Value = string | number | boolean | Double | Uint8Array;

/** A protobuf message of fields by number: whole numbers as uint64, messages as bytes. */
function message(...fields: readonly (readonly [number, Value])[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const [field, value] of fields) {
    if (typeof value === "number") writer.tag(field, WireType.Varint).uint64(value);
    else if (typeof value === "boolean") writer.tag(field, WireType.Varint).bool(value);
    else if (value instanceof Double) writer.tag(field, WireType.Bit64).double(value.value);
    else if (typeof value === "string") writer.tag(field, WireType.LengthDelimited).string(value);
    else writer.tag(field, WireType.LengthDelimited).bytes(value);
  }
  return writer.finish();
}

/** The texts of a message by field; throws where it holds anything else. */
function textsIn(bytes: Uint8Array): Record<number, string> {
  const reader = new BinaryReader(bytes);
  const texts: Record<number, string> = {};
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    texts[field] = reader.string();
  }
  return texts;
}

function details({ parts: [part] }: Question): Uint8Array {
  const { now, model } = part;
  return message(
    [1, part.id.slice(0, 16)],
    [2, message([1, 1], [3, model], [4, model])],
    [5, message([1, "25.03"])],
    [6, "simulated"],
    [7, macOf(part).toLowerCase()],
    [10, now.uptimeSeconds],
    [12, now.rate > 0 ? 2 : 1],
    [16, part.id.slice(0, 17).toUpperCase()],
  );
}

function stats({ parts: [part] }: Question): Uint8Array {
  const { now } = part;
  const real = message([1, double(giga(now.mean(5)))], [10, double(giga(now.meanSinceStart))]);
  return message(
    [1, message([1, now.accepted], [2, now.rejected], [3, 0])],
    [2, message([1, real], [2, double(giga(part.machine.traits.hashrate))])],
    [3, message([1, message([1, watts(part)])])],
  );
}

function boards({ parts: [part] }: Question): Uint8Array {
  const share = 1 / BOARDS.length;
  const real = message([1, double(giga(part.now.mean(5) * share))]);
  const work = message([1, real], [2, double(giga(part.machine.traits.hashrate * share))]);
  const board = (id: string): readonly [number, Uint8Array] => [
    1,
    message(
      [1, id],
      [2, true],
      [3, message([1, 110])],
      [4, double(13.7)],
      [5, double(525_000_000)],
      [6, message([3, double(celsius(part))])],
      [7, double(celsius(part) - 12)],
      [8, work],
    ),
  ];
  return message(...BOARDS.map(board));
}

function fans({ parts: [{ now }] }: Question): Uint8Array {
  const rpm = Math.round(now.fanDuty * 6000);
  const duty = new Double(rounded(now.fanDuty, 2));
  return message(...[1, 2, 3, 4].map((at) => [1, message([1, at], [2, rpm], [3, duty])] as const));
}

function tuner({ parts: [part] }: Question): Uint8Array {
  const target = message([1, Math.round(part.machine.traits.watts * 1.05)]);
  return message([1, 2], [2, message([2, target])]);
}
