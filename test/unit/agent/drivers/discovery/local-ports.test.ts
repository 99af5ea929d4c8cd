import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { localPlaces } from "../../../../../agent/drivers/discovery/local-ports.ts";

const HEADING =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const OWN = new Set(["127.0.0.1", "::1", "192.168.1.5", "fd00::5"]);
const line = (port: number, state: string, inode: number, at = "0100007F"): string =>
  `   0: ${at}:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0`;

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
    t.strictSame(
      localPlaces([4067, 4068], proc, OWN),
      [4067, 9999, 18_000].map((port) => ({ host: "127.0.0.1", port })),
    );
  },
);

t.test("a host without procfs has none", async (t) => {
  t.strictSame(localPlaces([80], join(t.testdir(), "nowhere")), []);
});

t.test("a program is asked at the address that it listens at", async (t) => {
  const proc = t.testdir();
  mkdirSync(join(proc, "net"));
  const tcp = [
    line(4067, "0A", 1, "0501A8C0"),
    line(4068, "0A", 2, "00000000"),
    line(4068, "0A", 3, "0501A8C0"),
    // Another address of the loopback network, and one that went: whatever answers there is not this host's program.
    line(4028, "0A", 4, "0207007F"),
    line(4028, "0A", 5, "0601A8C0"),
  ];
  const tcp6 = [
    line(3333, "0A", 6, "00000000000000000000000000000000"),
    line(44_444, "0A", 7, "00000000000000000000000001000000"),
    line(4444, "0A", 8, "000000FD000000000000000005000000"),
    line(1880, "0A", 9, "0000000000000000FFFF00000501A8C0"),
  ];
  writeFileSync(join(proc, "net/tcp"), [HEADING, ...tcp].join("\n"));
  writeFileSync(join(proc, "net/tcp6"), [HEADING, ...tcp6].join("\n"));
  const usual = [1880, 3333, 4028, 4067, 4068, 4444, 44_444];
  t.strictSame(
    localPlaces(usual, proc, OWN).map(({ host, port }) => [host, port]),
    [
      ["192.168.1.5", 1880],
      ["127.0.0.1", 3333],
      ["192.168.1.5", 4067],
      ["127.0.0.1", 4068],
      ["fd00::5", 4444],
      ["::1", 44_444],
    ],
  );
});
