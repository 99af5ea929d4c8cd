import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { localPorts } from "../../../../../agent/drivers/discovery/local-ports.ts";

const HEADING =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const line = (port: number, state: string, inode: number): string =>
  `   0: 0100007F:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0`;

t.test(
  "ports that a miner may be asked at are usual ones and those of programs with its name",
  async (t) => {
    const proc = t.testdir();
    mkdirSync(join(proc, "net"));
    writeFileSync(
      join(proc, "net/tcp"),
      [
        HEADING,
        line(4067, "0A", 11),
        line(5432, "0A", 12),
        line(18_000, "0A", 13),
        line(4068, "01", 14),
      ].join("\n"),
    );
    writeFileSync(join(proc, "net/tcp6"), [HEADING, line(9999, "0A", 15)].join("\n"));
    for (const [pid, program, inode] of [
      ["100", "/opt/xmrig-6.21/xmrig", 13],
      ["200", "/usr/lib/postgresql/15/bin/postgres", 12],
      ["300", "lolMiner", 15],
    ] as const) {
      mkdirSync(join(proc, pid, "fd"), { recursive: true });
      writeFileSync(join(proc, pid, "cmdline"), `${program}\0--flag\0`);
      symlinkSync(`socket:[${inode}]`, join(proc, pid, "fd/7"));
      symlinkSync("/dev/null", join(proc, pid, "fd/0"));
    }
    mkdirSync(join(proc, "400"));
    t.strictSame(localPorts([4067, 4068], proc), [4067, 9999, 18_000]);
  },
);

t.test("a host without procfs has none", async (t) => {
  t.strictSame(localPorts([80], join(t.testdir(), "nowhere")), []);
});
