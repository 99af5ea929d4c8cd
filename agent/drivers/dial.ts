import { RigError } from "../core/errors.ts";
import type { Clock } from "../core/ports.ts";
import { type Address, hostAndPort } from "./address.ts";
import { type Ask, type Driver, hasWeb, type LinkKind } from "./driver.ts";
import { hostLink } from "./hosts/link.ts";
import type { Admissions } from "./links/admission.ts";
import type { Manner } from "./links/entry.ts";
import { execLink } from "./links/exec.ts";
import { framedLink } from "./links/framed.ts";
import { grpcLink } from "./links/grpc.ts";
import { httpLink } from "./links/http.ts";
import type { Link, Login, Question, Reach } from "./links/link.ts";
import type { Trust } from "./links/pins.ts";
import { sysfsLink } from "./links/sysfs.ts";
import { tcpLink } from "./links/tcp.ts";

/** Links that go over a network; the others read this host. */
const REMOTE: readonly LinkKind[] = ["http", "tcp", "framed", "grpc"];

const HTTPS_PORT = 443;
/** Where drivers ask a web page that stands beside another API. */
const WEB_PORT = 80;

/** True for what is asked at an address. */
export function isRemote(driver: Driver): boolean {
  return Object.values(driver.asks).some(({ link }) => REMOTE.includes(link));
}

/** What logins and certificates are judged by. */
export interface DialAccess {
  readonly trust: Trust;
  readonly admissions: Admissions;
  /** When the login is sent; always where left out. */
  readonly manner?: Manner;
}

/** What links are made of. */
export interface Dialling {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly login: Login;
  readonly access: DialAccess;
  /** The program that a sensor is read through. */
  readonly program: string;
  /** Between two blocks of a program that prints by itself. */
  readonly periodMs: number;
  /** Where sysfs is, or the host's root. */
  readonly root: string | undefined;
}

/** What links need of a driver. */
export type Dialled = Pick<Driver, "login"> & Partial<Pick<Driver, "asks">>;

/** The links to one device, each opened when it is first needed: a device may be read over several protocols and ports. */
export class Links {
  readonly #driver: Dialled;
  readonly #address: Address | undefined;
  readonly #port: number | undefined;
  readonly #dialling: Dialling;
  readonly #open = new Map<string, Link>();

  /** `port` is where an ask goes that names none itself. */
  constructor(
    driver: Dialled,
    address: Address | undefined,
    port: number | undefined,
    dialling: Dialling,
  ) {
    this.#driver = driver;
    this.#address = address;
    this.#port = port;
    this.#dialling = dialling;
  }

  /**
   * One reply. Throws `settings-invalid` before anything is sent where TLS was said and is not spoken there, another
   * RigError, or the signal's reason when that aborts.
   */
  ask(ask: Pick<Ask, "link" | "port"> & Question, signal: AbortSignal): Promise<Uint8Array> {
    const port = this.#portOf(ask);
    const denied = this.#denied(ask.link, port);
    if (denied !== undefined) return Promise.reject(denied);
    const key = `${ask.link} ${port ?? ""}`;
    const link = this.#open.get(key) ?? this.#make(ask.link, port);
    this.#open.set(key, link);
    return link.ask(ask, signal);
  }

  /** Lets go of everything; safe twice. */
  async stop(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(open.map((link) => link.stop()));
  }

  /** A device whose web page was said to be at an https address has it there, not at the port where most have theirs. */
  #portOf({ link, port = this.#port }: Pick<Ask, "link" | "port">): number | undefined {
    const url = this.#address?.url;
    if (link !== "http" || url?.protocol !== "https:") return port;
    const web = Object.values(this.#driver.asks ?? {}).find((ask) => ask.link === "http");
    return port === WEB_PORT || port === (web?.port ?? this.#port) ? webPort(url) : port;
  }

  /** Why a link may not be used: what goes to a device that was said to speak TLS goes over TLS, or not at all. */
  #denied(kind: LinkKind, port: number | undefined): RigError | undefined {
    if (!REMOTE.includes(kind) || this.#address === undefined || port === undefined) return;
    const { host, url } = this.#address;
    if (kind === "http" && baseOf(this.#address, port).protocol === "https:") return;
    const { login, access } = this.#dialling;
    const sendsLogin = kind === "http" || kind === "grpc";
    const called = hostAndPort(host, port);
    const deny = (why: string): RigError =>
      new RigError("settings-invalid", `${called} is asked without TLS: ${why}`, {
        address: called,
        link: kind,
      });
    // A cgminer API has no TLS on any device, gets no login, and may stand beside a web page that has.
    if (access.trust.fingerprint !== undefined && (sendsLogin || !hasWeb(this.#driver)))
      return deny("a fingerprint is of no use");
    if (sendsLogin && url?.protocol === "https:" && Object.keys(login).length > 0)
      return deny("the login is kept back, because the address says https");
    return;
  }

  #make(kind: LinkKind, port: number | undefined): Link {
    const { clock, timeoutMs, program, periodMs, root } = this.#dialling;
    const reach = (called: string): Reach => ({ clock, timeoutMs, called });
    if (kind === "host") return hostLink(reach("this host"), root ?? "/");
    if (kind === "sysfs") return sysfsLink(reach("sysfs"), root ?? "/sys");
    if (kind === "exec") return execLink(reach(program), { program, periodMs });
    if (this.#address === undefined || port === undefined)
      throw new RigError("bug", `no address for a link of kind ${kind}`);
    const { host } = this.#address;
    const called = hostAndPort(host, port);
    const { login: scheme } = this.#driver;
    const { login, access } = this.#dialling;
    const { trust, admissions, manner = "always" } = access;
    const entry = {
      scheme,
      admission: admissions.of(called, wayOf(scheme, login), login.username),
      manner,
      trust,
    };
    if (kind === "tcp") return tcpLink(reach(called), host, port);
    if (kind === "framed") return framedLink(reach(called), host, port);
    if (kind === "grpc") return grpcLink(reach(called), { host, port }, login, entry);
    return httpLink(reach(called), baseOf(this.#address, port), login, entry);
  }
}

/** A web address counts where it names the port that is asked. */
function baseOf({ host, url }: Address, port: number): URL {
  if (url !== undefined && webPort(url) === port) return url;
  return new URL(`${port === HTTPS_PORT ? "https" : "http"}://${hostAndPort(host, port)}/`);
}

/** How a login is sent: what is refused one way may be let in another. */
function wayOf(scheme: Driver["login"], login: Login): string {
  const way = scheme?.kind === "token" ? [scheme.target, scheme.body] : [];
  return JSON.stringify([login, ...way]);
}

/** The port of a web address. */
export function webPort(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}
