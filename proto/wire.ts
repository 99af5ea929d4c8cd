import {
  create,
  type DescMessage,
  fromBinary,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import {
  type Attestation,
  type DeviceRow,
  MAX_DEVICE_ROWS,
  MAX_MESSAGE_BYTES,
  type SignedAttestation,
} from "./attestation.ts";
import * as pb from "./gen/rig/v1/rig_pb.ts";
import { fromBigEndian, fromHex, type Hex, toBigEndian, toHex } from "./hex.ts";
import { type Hello, REFUSAL_CODES, type Receipt, type Refusal, type Welcome } from "./messages.ts";
import { countDeviceRows } from "./row-count.ts";

/** Bytes that are not the message they should be; `why` says in words what is wrong. */
export class WireError extends Error {
  readonly code: "malformed" | "too-large";
  constructor(code: "malformed" | "too-large", why: string, options?: ErrorOptions) {
    super(why, options);
    this.code = code;
  }
}

/** Something signed by somebody, with 65 bytes of signature in hex. */
export interface Signed<T> {
  readonly message: T;
  readonly signature: Hex;
}
export type SignedAnswer =
  | ({ readonly kind: "receipt" } & Signed<Receipt>)
  | ({ readonly kind: "refusal" } & Signed<Refusal>);

function decode<D extends DescMessage, T>(
  schema: D,
  bytes: Uint8Array,
  read: (message: MessageShape<D>) => T,
  inspect: (bytes: Uint8Array) => void = () => {},
): T {
  if (bytes.length > MAX_MESSAGE_BYTES)
    throw new WireError("too-large", `${bytes.length} bytes are over 1 MiB`);
  try {
    inspect(bytes);
    return read(fromBinary(schema, bytes));
  } catch (cause) {
    if (cause instanceof WireError) throw cause;
    throw new WireError("malformed", cause instanceof Error ? cause.message : String(cause), {
      cause,
    });
  }
}

function fixed(bytes: Uint8Array, length: number, what: string): Hex {
  if (bytes.length !== length)
    throw new WireError("malformed", `${what} has ${bytes.length} bytes, not ${length}`);
  return toHex(bytes);
}

/**
 * Throws where bytes are not the one encoding of what was read from them: with unknown fields or other wire types the same
 * signed words would have many bodies, and a body is kept as it came.
 */
function requireOneEncoding<D extends DescMessage>(
  schema: D,
  message: MessageShape<D>,
  bytes: Uint8Array,
): void {
  if (Buffer.compare(toBinary(schema, message, { writeUnknownFields: false }), bytes) !== 0)
    throw new WireError("malformed", "it is not encoded as it must be");
}

const address = (bytes: Uint8Array, what: string): Hex => fixed(bytes, 20, what);
const digest = (bytes: Uint8Array, what: string): Hex => fixed(bytes, 32, what);

/** Sequences and instants beyond 2^53 are nobody's: they can neither be stored nor counted up. */
function bounded(value: bigint, what: string): bigint {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new WireError("malformed", `${what} is beyond 2^53`);
  }
  return value;
}

function given<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new WireError("malformed", `there is no ${what}`);
  return value;
}

function rowToWire(row: DeviceRow): pb.DeviceRow {
  return create(pb.DeviceRowSchema, {
    ...row,
    hashes: toBigEndian(row.hashes),
    shareWork: toBigEndian(row.shareWork),
  });
}

function rowFromWire({ $typeName: _name, $unknown: _unknown, ...row }: pb.DeviceRow): DeviceRow {
  return { ...row, hashes: fromBigEndian(row.hashes), shareWork: fromBigEndian(row.shareWork) };
}

/** Encodes an attestation with its signature. */
export function encodeAttestation({ attestation: a, signature }: SignedAttestation): Uint8Array {
  return toBinary(
    pb.SignedAttestationSchema,
    create(pb.SignedAttestationSchema, {
      attestation: {
        rig: fromHex(a.rig),
        key: fromHex(a.key),
        coordinator: fromHex(a.coordinator),
        era: a.era,
        sequence: a.sequence,
        previous: fromHex(a.previous),
        windowStart: a.windowStart,
        windowEnd: a.windowEnd,
        flags: a.flags,
        beacon: fromHex(a.beacon),
        samplesRoot: fromHex(a.samplesRoot),
        evidenceRoot: fromHex(a.evidenceRoot),
        devices: a.devices.map(rowToWire),
      },
      signature: fromHex(signature),
    }),
  );
}

// Before anything is made of them: rows that nobody will believe must not cost anybody's time.
function boundedRows(bytes: Uint8Array): void {
  if (countDeviceRows(bytes, MAX_DEVICE_ROWS) > MAX_DEVICE_ROWS) {
    throw new WireError("malformed", `there are more than ${MAX_DEVICE_ROWS} device rows`);
  }
}

function readAttestation({ attestation, signature }: pb.SignedAttestation): SignedAttestation {
  const a = given(attestation, "attestation");
  const read: Attestation = {
    rig: address(a.rig, "rig"),
    key: address(a.key, "key"),
    coordinator: address(a.coordinator, "coordinator"),
    era: a.era,
    sequence: a.sequence,
    previous: digest(a.previous, "previous"),
    windowStart: a.windowStart,
    windowEnd: a.windowEnd,
    flags: a.flags,
    beacon: digest(a.beacon, "beacon"),
    samplesRoot: digest(a.samplesRoot, "samples root"),
    evidenceRoot: digest(a.evidenceRoot, "evidence root"),
    devices: a.devices.map(rowFromWire),
  };
  return { attestation: read, signature: fixed(signature, 65, "signature") };
}

/** Decodes what `encodeAttestation` made. Throws a WireError; whether the shape makes sense is `shapeFault`'s to say. */
export function decodeAttestation(bytes: Uint8Array): SignedAttestation {
  return decode(
    pb.SignedAttestationSchema,
    bytes,
    (message) => {
      requireOneEncoding(pb.SignedAttestationSchema, message, bytes);
      return readAttestation(message);
    },
    boundedRows,
  );
}

/** Encodes a hello with the signature of the rig's key. */
export function encodeHello({ message: hello, signature }: Signed<Hello>): Uint8Array {
  return toBinary(
    pb.SignedHelloSchema,
    create(pb.SignedHelloSchema, {
      hello: {
        rig: fromHex(hello.rig),
        key: fromHex(hello.key),
        coordinator: fromHex(hello.coordinator),
        instance: fromHex(hello.instance),
        era: hello.era,
        newestEra: hello.newestEra,
        base: fromHex(hello.base),
        signed: hello.signed.map((head) => create(pb.EraHeadSchema, head)),
        challenge: fromHex(hello.challenge),
      },
      signature: fromHex(signature),
    }),
  );
}

/** Decodes a hello. Throws a WireError. */
export function decodeHello(bytes: Uint8Array): Signed<Hello> {
  return decode(pb.SignedHelloSchema, bytes, ({ hello, signature }) => {
    const h = given(hello, "hello");
    return {
      message: {
        rig: address(h.rig, "rig"),
        key: address(h.key, "key"),
        coordinator: address(h.coordinator, "coordinator"),
        instance: digest(h.instance, "instance"),
        era: h.era,
        newestEra: h.newestEra,
        base: digest(h.base, "base"),
        signed: h.signed.map(({ era, sequence }) => ({ era, sequence })),
        challenge: digest(h.challenge, "challenge"),
      },
      signature: fixed(signature, 65, "signature"),
    };
  });
}

/** Encodes a welcome with the coordinator's signature. */
export function encodeWelcome({ message: w, signature }: Signed<Welcome>): Uint8Array {
  return toBinary(
    pb.WelcomeSchema,
    create(pb.WelcomeSchema, {
      ...w,
      rig: fromHex(w.rig),
      challenge: fromHex(w.challenge),
      headDigest: fromHex(w.headDigest),
      missing: [...w.missing],
      beacon: fromHex(w.beacon),
      signature: fromHex(signature),
    }),
  );
}

/** Decodes a welcome. Throws a WireError. */
export function decodeWelcome(bytes: Uint8Array): Signed<Welcome> {
  return decode(
    pb.WelcomeSchema,
    bytes,
    ({ $typeName: _name, $unknown: _unknown, signature, ...w }) => ({
      message: {
        ...w,
        headSequence: bounded(w.headSequence, "head sequence"),
        missing: w.missing.map((sequence) => bounded(sequence, "missing sequence")),
        time: bounded(w.time, "time"),
        rig: address(w.rig, "rig"),
        challenge: digest(w.challenge, "challenge"),
        headDigest: digest(w.headDigest, "head digest"),
        beacon: digest(w.beacon, "beacon"),
      },
      signature: fixed(signature, 65, "signature"),
    }),
  );
}

/** Encodes a receipt or a refusal with the coordinator's signature. */
export function encodeAnswer(answer: SignedAnswer): Uint8Array {
  const { message: m, signature } = answer;
  const common = {
    rig: fromHex(m.rig),
    era: m.era,
    sequence: m.sequence,
    digest: fromHex(m.digest),
    signature: fromHex(signature),
  };
  const value =
    answer.kind === "receipt"
      ? {
          case: "receipt" as const,
          value: create(pb.ReceiptSchema, {
            ...common,
            receivedAt: answer.message.receivedAt,
            beacon: fromHex(answer.message.beacon),
          }),
        }
      : {
          case: "refusal" as const,
          value: create(pb.RefusalSchema, { ...common, code: answer.message.code }),
        };
  return toBinary(pb.AnswerSchema, create(pb.AnswerSchema, { answer: value }));
}

/** Decodes a receipt or a refusal. Throws a WireError. */
export function decodeAnswer(bytes: Uint8Array): SignedAnswer {
  return decode(pb.AnswerSchema, bytes, ({ answer }) => {
    if (answer.case === undefined)
      throw new WireError("malformed", "there is no receipt and no refusal");
    const m = answer.value;
    const common = {
      rig: address(m.rig, "rig"),
      era: m.era,
      sequence: m.sequence,
      digest: digest(m.digest, "digest"),
    };
    const signature = fixed(m.signature, 65, "signature");
    if (answer.case === "receipt") {
      const { receivedAt, beacon } = answer.value;
      return {
        kind: "receipt",
        message: {
          ...common,
          receivedAt: bounded(receivedAt, "receipt time"),
          beacon: digest(beacon, "beacon"),
        },
        signature,
      };
    }
    const code = REFUSAL_CODES.find((known) => known === answer.value.code);
    return {
      kind: "refusal",
      message: { ...common, code: given(code, "such refusal code") },
      signature,
    };
  });
}
