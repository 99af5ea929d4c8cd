import mqtt, { type MqttClient } from "mqtt";
import type { Hex } from "../../proto/hex.ts";
import type { Hello, Welcome } from "../../proto/messages.ts";
import { decodeAnswer, decodeWelcome, type SignedAnswer } from "../../proto/wire.ts";
import type { RigSide } from "./rig-side.ts";
import { signerByEthers } from "./typed-by-ethers.ts";
import { until } from "./until.ts";

/** A rig that a test plays on a real login: it says what the test wants and hears what it is answered. */
export interface RigClient {
  readonly mqtt: MqttClient;
  readonly topic: (tail: string) => string;
  /** Answers so far, with their bytes; each is checked to be signed by the coordinator, by ethers alone. */
  readonly answers: readonly (SignedAnswer & { readonly bytes: string })[];
  /** Says hello and gives the welcome, whose signature is checked. */
  hello(over?: Partial<Hello>): Promise<Welcome>;
  /** Sends the bytes of an attestation and gives the answer to it. */
  send(payload: Uint8Array): Promise<SignedAnswer & { readonly bytes: string }>;
}

/** Logs a rig in. Throws where the broker refuses. */
export async function connectRig(
  url: string,
  login: { readonly username: string; readonly password: string },
  rig: RigSide,
): Promise<RigClient> {
  const topic = (tail: string): string => `rig/v1/${rig.rig}/${tail}`;
  const options = { protocolVersion: 4, reconnectPeriod: 0, ...login } as const;
  const client = await mqtt.connectAsync(url, options, false);
  client.on("error", () => {});
  const answers: (SignedAnswer & { bytes: string })[] = [];
  const welcomes: Welcome[] = [];
  const check = (signer: string): void => {
    if (signer !== rig.coordinator) throw new Error(`${signer} signed it, not the coordinator`);
  };
  client.on("message", (name, payload) => {
    if (name === topic("welcome")) {
      const { message, signature } = decodeWelcome(payload);
      check(signerByEthers("Welcome", message, signature));
      welcomes.push(message);
      return;
    }
    const answer = decodeAnswer(payload);
    const kind = answer.kind === "receipt" ? "Receipt" : "Refusal";
    check(signerByEthers(kind, answer.message, answer.signature));
    answers.push({ ...answer, bytes: payload.toString("hex") });
  });
  await client.subscribeAsync([topic("welcome"), topic("receipt")], { qos: 1 });
  return {
    mqtt: client,
    topic,
    answers,
    async hello(over = {}) {
      const before = welcomes.length;
      await client.publishAsync(topic("hello"), Buffer.from(await rig.signedHello(over)), {
        qos: 1,
      });
      return until("a welcome", () => welcomes[before]);
    },
    async send(payload) {
      const before = answers.length;
      await client.publishAsync(topic("attestation"), Buffer.from(payload), { qos: 1 });
      return until("an answer", () => answers[before]);
    },
  };
}

/** What an answer says in one word: `receipt`, or the code of the refusal. */
export const wordOf = (answer: SignedAnswer): string =>
  answer.kind === "receipt" ? "receipt" : answer.message.code;

/** The digest that an answer is about. */
export const digestIn = (answer: SignedAnswer): Hex => answer.message.digest;
