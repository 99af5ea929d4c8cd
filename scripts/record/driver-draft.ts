import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Ask, Driver } from "../../agent/drivers/driver.ts";

/** A function that turns a reply into values, and the file that it is in. */
export interface Decoder {
  readonly name: string;
  readonly file: string;
}

/** The decoders of a tree by what they are, so that a driver's asks can be written down as they were. */
export async function decodersIn(root: string): Promise<ReadonlyMap<unknown, Decoder>> {
  const folder = join(root, "agent/drivers/decode");
  const found = new Map<unknown, Decoder>();
  for (const file of readdirSync(folder).sort()) {
    const module: Record<string, unknown> = await import(pathToFileURL(join(folder, file)).href);
    for (const [name, value] of Object.entries(module)) found.set(value, { name, file });
  }
  return found;
}

/** The word under which a driver is imported: `xmrig-2` is `xmrig2`. */
export function identifierOf(name: string): string {
  return name.replace(/^(\d)/, "n$1").replaceAll(/-(.)/g, (_, next: string) => next.toUpperCase());
}

/** Text of a driver's file that puts some asks of a model, and has yet to be told what to read. */
export function draftOf(
  name: string,
  model: Driver,
  asks: readonly string[],
  decoders: ReadonlyMap<unknown, Decoder>,
): string {
  const put = asks.map((ask) => {
    const made = model.asks[ask] as Ask;
    return { ask, made, decoder: decoderOf(made, decoders) };
  });
  const imports = new Set(
    put.map(({ decoder }) => `import { ${decoder.name} } from "../decode/${decoder.file}";`),
  );
  const lines = put.map(({ ask, made, decoder }) => `    ${keyOf(ask)}: ${askOf(made, decoder)},`);
  const [first = ""] = asks;
  const login = model.login === undefined ? "" : `  login: ${JSON.stringify(model.login)},\n`;
  return `${[...imports].sort().join("\n")}
import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";

/** Say here what the device is, and what is peculiar about its replies. */
export const ${identifierOf(name)} = defineDriver({
  name: "${name}",
  about: "${name}",
  docs: ${JSON.stringify(model.docs)},
  kind: "${model.kind}",
  role: "${model.role}",
  ports: [${model.ports.join(", ")}],
  proof: [],
  asks: {
${lines.join("\n")}
  },
  identify: (docs) => pointer(docs[${JSON.stringify(first)}], "/where/it/says/so") === "${name}",
${login}  identity: {},
  table: {
    ${keyOf(first)}: [{ metric: "hashrate", at: "/where/it/stands", unit: "H/s" }],
  },
});
`;
}

/** A decoder that was made for one driver stands in no file of its own: JSON, then, to begin with. */
function decoderOf({ decode, link }: Ask, decoders: ReadonlyMap<unknown, Decoder>): Decoder {
  const usual = link === "tcp" ? "cgminer" : "json";
  return decoders.get(decode) ?? { name: usual, file: `${usual}.ts` };
}

function askOf({ decode: _, ...ask }: Ask, decoder: Decoder): string {
  const parts = Object.entries(ask).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `{ ${[...parts, `decode: ${decoder.name}`].join(", ")} }`;
}

function keyOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}
