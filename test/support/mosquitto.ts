import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { until } from "./until.ts";

const PROGRAM = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"].find(
  (path) => existsSync(path),
);

/** Why a test with a real mosquitto cannot run; false when it can. With CI set, absence is a failure of the test. */
export const NO_MOSQUITTO: string | false =
  PROGRAM === undefined && process.env["CI"] === undefined ? "mosquitto is not installed" : false;

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** A mosquitto on a port of its own. */
export interface Mosquitto {
  readonly url: string;
  start(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/** Prepares a mosquitto in a folder; `lines` are added to its configuration. */
export async function createMosquitto(
  folder: string,
  lines: readonly string[] = [],
): Promise<Mosquitto> {
  const port = await freePort();
  const file = join(folder, "mosquitto.conf");
  const wanted = lines.some((line) => line.startsWith("allow_anonymous"));
  writeFileSync(
    file,
    [`listener ${port} 127.0.0.1`, ...(wanted ? [] : ["allow_anonymous true"]), ...lines, ""].join(
      "\n",
    ),
  );
  let child: ChildProcess | undefined;
  return {
    url: `mqtt://127.0.0.1:${port}`,
    async start() {
      child = spawn(PROGRAM ?? "mosquitto", ["-c", file], { stdio: "ignore" });
      await until("mosquitto", () => reachable(port));
    },
    async kill() {
      const running = child;
      child = undefined;
      if (running === undefined || running.exitCode !== null) return;
      const gone = new Promise((resolve) => running.once("exit", resolve));
      running.kill("SIGKILL");
      await gone;
    },
  };
}

function reachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
