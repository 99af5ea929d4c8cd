import { Command } from "commander";
import type { MetricName } from "../../proto/metrics.ts";
import type { DeviceKind } from "../core/device.ts";
import { RigError } from "../core/errors.ts";
import { isRemote } from "../drivers/dial.ts";
import type { Ask, Driver, LinkKind } from "../drivers/driver.ts";
import { metricsOf } from "../drivers/metrics-of.ts";
import { DRIVERS } from "../drivers/registry.ts";
import { type CommandIo, toJsonText } from "./io.ts";
import { columns } from "./text.ts";

/** How a driver logs in: not at all, where it may, or always. */
type LoginUse = "none" | "some" | "all";

/** A driver as `rig-agent drivers --json` shows it. */
interface DriverSheet {
  readonly name: string;
  readonly about: string;
  readonly docs: string;
  readonly kind: DeviceKind;
  readonly role: Driver["role"];
  /** Each protocol that it is asked by, and where, likeliest first; no ports where it says itself where it listens. */
  readonly links: readonly { readonly link: LinkKind; readonly ports: readonly number[] }[];
  readonly reads: readonly MetricName[];
  /** `generic` is never proven: it reads what many devices have in common. */
  readonly proof: "proven" | "unproven" | "generic";
  /** Models and versions whose recorded replies it was tried on. */
  readonly provenOn: readonly string[];
  /** Which of its asks need a login. */
  readonly login: LoginUse;
  readonly loginScheme?: NonNullable<Driver["login"]>["kind"];
}

/** `rig-agent drivers`: what can be read, by what, and how well that is known. */
export function driversCommand(io: CommandIo): Command {
  return new Command("drivers")
    .description("list the drivers: what each reads, where it asks, and what it was tried on")
    .argument("[name...]", "these alone")
    .option("--json", "print JSON")
    .action((names: readonly string[], options: { readonly json?: boolean }) => {
      const sheets = chosen(names).map(sheetOf);
      if (options.json) io.out(toJsonText(sheets));
      else io.out([...sheets.map(textOf), summary(sheets)].join("\n\n"));
    });
}

/** The drivers of these names, all where there are none. Throws `command-invalid` for a name that no driver has. */
function chosen(names: readonly string[]): readonly Driver[] {
  const unknown = names.find((name) => !DRIVERS.some((driver) => driver.name === name));
  if (unknown !== undefined)
    throw new RigError("command-invalid", `There is no driver ${unknown}`, { driver: unknown });
  return names.length === 0 ? DRIVERS : DRIVERS.filter(({ name }) => names.includes(name));
}

function sheetOf(driver: Driver): DriverSheet {
  const { name, about, docs, kind, role, ports, proof, generic, login } = driver;
  const asks = Object.values(driver.asks);
  const behind = asks.filter((ask) => ask.login === true).length;
  return {
    name,
    about,
    docs,
    kind,
    role,
    links: [...new Set(asks.map(({ link }) => link))].map((link) => ({
      link,
      ports: portsOf(
        asks.filter((ask) => ask.link === link),
        ports,
      ),
    })),
    reads: metricsOf(driver),
    proof: generic === true ? "generic" : proof.length === 0 ? "unproven" : "proven",
    provenOn: proof,
    login: login === undefined ? "none" : behind === asks.length ? "all" : "some",
    ...(login === undefined ? {} : { loginScheme: login.kind }),
  };
}

function portsOf(asks: readonly Ask[], usual: readonly number[]): number[] {
  return [...new Set(asks.flatMap(({ port }) => port ?? usual))];
}

const PROOFS: Readonly<Record<DriverSheet["proof"], string>> = {
  proven: "",
  unproven: "unproven: no recorded reply of a real device was read yet",
  generic: "generic, unproven: reads what many have in common where no other driver knows a device",
};
const LOGINS: Readonly<Record<LoginUse, string>> = {
  none: "",
  some: ", where there is one; more is read with it",
  all: ", nothing is read without",
};

function textOf(sheet: DriverSheet): string {
  const { name, kind, about, proof, provenOn, login, loginScheme } = sheet;
  const rows: (readonly [string, string])[] = [
    ["asked by", askedBy(sheet)],
    ["reads", sheet.reads.join(" ")],
    ["tried on", proof === "proven" ? provenOn.join(", ") : PROOFS[proof]],
    ...(loginScheme === undefined ? [] : [["login", `${loginScheme}${LOGINS[login]}`] as const]),
    ["see", sheet.docs],
  ];
  return [`${name} (${kind}): ${about}`, ...columns(rows, "    ")].join("\n");
}

function askedBy({ links, name }: DriverSheet): string {
  const driver = DRIVERS.find((one) => one.name === name);
  const isHere = driver !== undefined && !isRemote(driver);
  return links
    .map(({ link, ports }) => {
      if (isHere) return `${link} on this host`;
      return ports.length === 0 ? `${link}, no usual port` : `${link} at port ${ports.join(", ")}`;
    })
    .join("; ");
}

function summary(sheets: readonly DriverSheet[]): string {
  const count = (proof: DriverSheet["proof"]): number =>
    sheets.filter((sheet) => sheet.proof === proof).length;
  return `${sheets.length} drivers: ${count("proven")} proven, ${count("unproven")} unproven, ${count("generic")} generic.`;
}
