import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { ledgerFaults } from "../support/chain-audit.ts";
import { type LedgerRead, type Parties, readLedger } from "../support/ledger-reader.ts";
import { childrenOf, isAlive, Program } from "../support/program.ts";
import { until } from "../support/until.ts";

const RECORD_WITHIN_MS = 110_000;
const STOP_WITHIN_MS = 5000;

t.setTimeout(400_000);

/** The demonstration in a folder, as `scripts/start` runs it. */
function demonstrate(folder: string): Program {
  return new Program("scripts/demonstration/main.ts", ["--directory", folder]);
}

/** Ends a demonstration and its parts, whatever became of it. */
async function endAll(program: Program): Promise<void> {
  const parts = program.running ? childrenOf(program.pid) : [];
  await program.kill();
  for (const pid of parts) if (isAlive(pid)) process.kill(pid, "SIGKILL");
}

/** Waits for words of a demonstration; a failure tells what its parts said last. */
async function said(
  program: Program,
  folder: string,
  what: RegExp,
  withinMs: number,
): Promise<RegExpExecArray> {
  try {
    return await program.said(what, withinMs);
  } catch (cause) {
    const lasts = ["simulator", "coordinator", "agent"].map((name) => {
      const log = join(folder, `${name}.log`);
      return existsSync(log) ? `${name}: ${readFileSync(log, "utf8").slice(-1000)}` : "";
    });
    throw new Error([(cause as Error).message, ...lasts].join("\n"), { cause });
  }
}

/** Whose chain the ledger in a folder is of. */
function partiesIn(folder: string): Parties {
  const { rig, coordinator } = JSON.parse(readFileSync(join(folder, "join.json"), "utf8")) as {
    rig: string;
    coordinator: { address: string; chain_id: number };
  };
  return { rig, coordinator: coordinator.address, chainId: coordinator.chain_id };
}

interface Epochs {
  readonly epochs: readonly {
    readonly records: readonly { readonly record: { readonly hashes: string } }[];
  }[];
}

async function json(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return await response.json();
}

t.test(
  "one command shows a record with delivered hashes, and a second start goes on",
  async (t) => {
    const folder = join(t.testdir(), "demonstration");
    const ledgerFile = join(folder, "coordinator", "ledger.db");
    const ledger = (): LedgerRead => readLedger(ledgerFile, partiesIn(folder));

    const beganAtMs = performance.now();
    const first = demonstrate(folder);
    t.after(() => endAll(first));
    const [, page = ""] = await said(
      first,
      folder,
      /token 1 \([^)]+\) delivered [1-9][^\n]*\n\s+(http:\S+)/,
      RECORD_WITHIN_MS,
    );
    t.comment(`the record came after ${Math.round((performance.now() - beganAtMs) / 1000)} s`);
    t.match(first.out, /^SIMULATED/m, "it says that the site is simulated");
    const shown = await fetch(page);
    t.equal(shown.status, 200);
    t.match(await shown.text(), /simulated/i, "and so does the token's page");
    const token = page.replace("/tokens/", "/nft/");
    t.match(await json(token), { name: String, attributes: Array });
    const { epochs } = (await json(`${token}/epochs`)) as Epochs;
    const delivered = epochs.flatMap(({ records }) => records.map(({ record }) => record.hashes));
    t.ok(
      delivered.some((hashes) => BigInt(hashes) > 0n),
      delivered.join(", "),
    );

    const parts = childrenOf(first.pid);
    t.equal(parts.length, 3, "simulator, coordinator, agent");
    const ended = await first.stop("SIGINT");
    t.equal(ended.code, 0);
    t.ok(ended.tookMs < STOP_WITHIN_MS, `it took ${Math.round(ended.tookMs)} ms`);
    t.strictSame(parts.filter(isAlive), [], "and left nothing behind");
    const before = ledger();
    t.strictSame(ledgerFaults(before, partiesIn(folder)), [], "the ledger is one unbroken chain");

    const second = demonstrate(folder);
    t.after(() => endAll(second));
    await said(second, folder, /Ctrl-C stops everything/, 60_000);
    await until("the chain to go on", () => ledger().rows.length > before.rows.length + 1, 60_000);
    t.match(await second.stop("SIGINT"), { code: 0 });
    const after = ledger();
    t.strictSame(ledgerFaults(after, partiesIn(folder)), [], "the ledger is one unbroken chain");
    t.strictSame(
      after.rows.slice(0, before.rows.length),
      before.rows,
      "what was there is as it was",
    );
    t.ok(
      new Set(after.rows.map(({ era }) => era)).size > 1,
      "the second start is an era of its own",
    );
  },
);

t.test(
  "taken ports are said and others are used; an end while it starts is an end, too",
  async (t) => {
    const folder = join(t.testdir(), "demonstration");
    const { createServer } = await import("node:net");
    const taken = createServer();
    // Where something listens on the standard port already, that one is as good.
    await new Promise<void>((resolve) => {
      taken.once("error", () => resolve());
      taken.listen(9696, "127.0.0.1", resolve);
    });
    t.after(() => taken.close());
    const program = demonstrate(folder);
    t.after(() => endAll(program));
    await said(program, folder, /Port 9696 is taken: http is on \d+ instead/, 30_000);
    const parts = await until("a part", () => {
      const found = childrenOf(program.pid);
      return found.length > 0 && found;
    });
    const ended = await program.stop("SIGINT");
    t.equal(ended.code, 0);
    t.ok(ended.tookMs < STOP_WITHIN_MS, `it took ${Math.round(ended.tookMs)} ms`);
    t.strictSame(parts.filter(isAlive), [], "nothing is left behind");
  },
);
