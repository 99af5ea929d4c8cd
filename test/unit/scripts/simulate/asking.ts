import { execFile } from "node:child_process";
import { connect } from "node:net";

/** Everything that a device sends before it hangs up, or within the time. */
export interface Heard {
  readonly bytes: Buffer;
  /** end: it hung up in order. reset: it broke off. refused: nobody listens. waiting: time is up. */
  readonly how: "end" | "reset" | "refused" | "waiting";
}

/** Sends text to host:port and listens. Stops listening after so many bytes. */
export function ask(address: string, text: string, patienceMs = 3000, most = 1e9): Promise<Heard> {
  const [host, port] = address.split(":");
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const socket = connect({ host: host ?? "", port: Number(port) }, () => socket.write(text));
    const settle = (how: Heard["how"]): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ bytes: Buffer.concat(chunks), how });
    };
    const timer = setTimeout(() => settle("waiting"), patienceMs);
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= most) settle("waiting");
    });
    socket.on("end", () => settle("end"));
    socket.on("error", (error: NodeJS.ErrnoException) =>
      settle(error.code === "ECONNREFUSED" ? "refused" : "reset"),
    );
  });
}

/** Sends a cgminer command. */
export function command(address: string, name: string, patienceMs?: number): Promise<Heard> {
  return ask(address, JSON.stringify({ command: name }), patienceMs);
}

/** What a cgminer reply holds; it must end in one NUL. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into replies of many shapes.
export function parsed(heard: Heard): any {
  const text = heard.bytes.toString("utf8");
  if (!text.endsWith("\0")) throw new Error(`no NUL at the end of ${text.slice(-40)}`);
  return JSON.parse(text.slice(0, -1));
}

/** GETs JSON from host:port. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into replies of many shapes.
export async function get(address: string | undefined, path: string): Promise<any> {
  const response = await fetch(`http://${address}${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 5000 }, (error, out) => {
      resolve({ code: error ? Number(error.code ?? -1) : 0, out });
    });
  });
}

/** Waits until something holds. Throws when it does not in time. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  whatFor: string,
): Promise<void> {
  const deadline = performance.now() + 8000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${whatFor}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A clock that goes only when told to. */
export function handClock(startMs = 1_700_000_000_000): {
  now: () => number;
  go(ms: number): void;
} {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    go: (ms) => {
      nowMs += ms;
    },
  };
}
