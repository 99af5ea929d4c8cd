import type { Fault } from "../faults.ts";

/** A question as a server heard it. */
export interface Asked {
  /** A command; for HTTP the path with its query, after `POST ` where it is posted. */
  readonly ask: string;
  /** The whole command, or the body of a request. */
  readonly body: string;
  /** Of an HTTP request, by lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** An answer to it. */
export interface Served {
  readonly bytes: Buffer;
  /** Of HTTP; 200 when absent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a server needs of the device behind it. */
export interface Answering {
  /** The reply to an ask, or undefined when the device does not know it. Called once per question, for it is logged. */
  answer(asked: Asked): Served | undefined | Promise<Served | undefined>;
  /** How the device misbehaves at this moment. */
  fault(): Fault | undefined;
}
