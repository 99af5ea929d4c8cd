import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { RigError } from "../../agent/core/errors.ts";
import { SystemClock } from "../../agent/platform/clock.ts";

/** Something that listens on a loopback port, and how it is let go. */
export interface Peer {
  readonly host: string;
  readonly port: number;
  /** host:port. */
  readonly address: string;
  close(): Promise<void>;
}

export const systemClock = new SystemClock("00000000-0000-4000-8000-000000000001");

/** A server of any kind on a loopback port. */
export async function listening(server: Server, sockets = new Set<Socket>()): Promise<Peer> {
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: "127.0.0.1",
    port,
    address: `127.0.0.1:${port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** An HTTP device. */
export function httpPeer(answer: RequestListener): Promise<Peer> {
  return listening(createHttpServer(answer));
}

/** A device that speaks bytes. */
export function tcpPeer(converse: (socket: Socket) => void): Promise<Peer> {
  return listening(createServer(converse));
}

/** A port of this host at which nobody listens: one that was just let go. */
export async function deadAddress(): Promise<string> {
  const peer = await tcpPeer(() => {});
  await peer.close();
  return peer.address;
}

/** The code with which something fails; "none" where it does not, the error's name where it is no RigError. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (thrown) {
    return thrown instanceof RigError ? thrown.code : (thrown as Error).name;
  }
  return "none";
}
