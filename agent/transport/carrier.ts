/** What a carrier tells the sender. Bytes are protobuf messages of proto/rig/v1. */
export interface CarrierEvents {
  /** Connected: the sender says hello. */
  up(): void;
  /** Not connected any more: what was in flight is unknown. */
  down(): void;
  welcome(bytes: Uint8Array): void;
  answer(bytes: Uint8Array): void;
}

/** One way to a coordinator. It connects and reconnects by itself, keeps nothing, and never queues while it is down. */
export interface Carrier {
  start(events: CarrierEvents): void;
  stop(): Promise<void>;
  /** Resolves when the other side has the bytes (not yet when it has kept them); rejects when it is not up. */
  send(kind: "hello" | "attestation", bytes: Uint8Array): Promise<void>;
  /** What the status shows. */
  state(): {
    readonly name: string;
    readonly address: string;
    readonly connected: boolean;
    readonly fault?: string;
  };
}

/** Waiting times between attempts. */
export interface Backoff {
  /** The next wait in ms; each is longer than the last on average. */
  next(): number;
  /** The last attempt succeeded: begin anew. */
  reset(): void;
}
