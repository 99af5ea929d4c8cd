import type { DeviceKind } from "../core/device.ts";
import type { SourceRole } from "../core/sample.ts";
import type { IdentityTable, Table } from "./table.ts";

/** How bytes come and go. */
export type LinkKind = "http" | "tcp" | "framed" | "grpc" | "exec" | "sysfs" | "host";

/** What to request from a device. A link turns it into bytes; a driver never opens a socket. */
export interface Ask {
  readonly link: LinkKind;
  /** Path, command in JSON, arguments or file patterns: what it means is the link's. */
  readonly target: string;
  /** HTTP: sent by POST, as JSON where it begins with `{`, else as a form. Only where an API is read that way. */
  readonly body?: string;
  /** Where this is asked when it is not the driver's first port, whatever port the address names. */
  readonly port?: number;
  /** Throws a RigError: `driver-garbled`, or `driver-refused` where the reply is an error of the device. */
  readonly decode: (reply: Uint8Array) => unknown;
  /** Not every firmware answers it: silence is no problem. */
  readonly optional?: true;
  /** Says what hardly changes: asked at first, after an outage and every ten minutes; its last reply stands meanwhile. */
  readonly rarely?: true;
  /** Answered to those who log in only: not asked without a login. */
  readonly login?: true;
  /** Its reply holds passwords, such as those of pools: read, and never kept. */
  readonly secret?: true;
}

/** How a device lets in. A username and a password come from the settings, and go nowhere else. */
export type LoginScheme =
  /** The same with every request, as HTTP's own schemes have it (RFC 7617, RFC 7616); digest where the device asks for that. */
  | { readonly kind: "basic" | "digest" }
  /**
   * A request that answers with a token, or with a cookie. Over gRPC `target` is all that counts beside `send` and
   * `header`: username and password are the request's string fields 1 and 2, the token is the reply's field 1 or, in
   * older firmware, its metadata `authorization`.
   */
  | {
      readonly kind: "token";
      /** `{username}` and `{password}` stand for them, escaped for a URL. */
      readonly target: string;
      /** The same, escaped for JSON or a form by what the body is. Absent: GET. */
      readonly body?: string;
      /** Pointer to the token in the reply; absent: the cookies that the reply sets. */
      readonly token?: string;
      /** `{token}` stands for it: `Bearer {token}`. Sent as `header`, `authorization` by default. */
      readonly send?: string;
      readonly header?: string;
    };

/** Decoded replies by ask; what is missing was not answered or could not be decoded. */
export type Docs<A extends string> = Readonly<Partial<Record<A, unknown>>>;

/** A driver: one object that says what to ask and where in the replies what is found. Rules: agent/drivers/README.md. */
export interface Driver<A extends string = string> {
  readonly name: string;
  /** What it is for, as an operator would say it: `Antminer stock firmware`. */
  readonly about: string;
  /** Where the API is described. */
  readonly docs: string;
  readonly kind: DeviceKind;
  readonly role: SourceRole;
  /** Where it usually listens, likeliest first. Empty where it listens only where it was told to, or not at all. */
  readonly ports: readonly number[];
  /** Models and versions whose recorded replies it was tried on. Empty: without proof against real hardware. */
  readonly proof: readonly string[];
  /** Reads what no other driver knows, by what many have in common. Asked last, and always unproven. */
  readonly generic?: true;
  readonly asks: Readonly<Record<A, Ask>>;
  /** Asks that tell whether this is the device, in the order to put them; the first of `asks` when absent. */
  readonly knownBy?: readonly NoInfer<A>[];
  /** Is this a device that I know? Sees the replies to `knownBy`, some of which may be missing. */
  readonly identify: (docs: Docs<A>) => boolean;
  readonly login?: LoginScheme;
  /** What the maker ships it with; tried only where the settings allow that. */
  readonly defaultLogin?: { readonly username: string; readonly password: string };
  /** Where a reply says what is mined (`^/algorithm`), or the algorithm itself (`sha256d`). */
  readonly algorithm?: string;
  readonly identity: Readonly<Partial<Record<A, IdentityTable>>>;
  readonly table: Readonly<Partial<Record<A, Table>>>;
  /** Decoded replies put in an order that a table can read. Moves and selects values, never makes one. */
  readonly derive?: (docs: Docs<A>) => Docs<A>;
}

/** Fixes the names of the asks, so that a table for an unknown ask does not compile. */
export function defineDriver<const A extends string>(driver: Driver<A>): Driver<A> {
  return driver;
}

/** True where part of what is asked goes over HTTP, and so over TLS where the address says https. */
export function hasWeb({ asks }: Partial<Pick<Driver, "asks">>): boolean {
  return Object.values(asks ?? {}).some(({ link }) => link === "http");
}

/** True where readings of it have no proof against real hardware. */
export function isUnproven({ proof, generic }: Driver): boolean {
  return generic === true || proof.length === 0;
}
