import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
} from "@grpc/grpc-js";
import type { Peer } from "./driver-peers.ts";

/** One call as a device gets it. */
export type GrpcAnswer = (
  call: ServerUnaryCall<Buffer, Buffer>,
  reply: sendUnaryData<Buffer>,
) => void;

/** A gRPC device: methods of one service by name, messages as bytes; on any free port unless `at` names one. */
export async function grpcPeer(
  service: string,
  methods: Readonly<Record<string, GrpcAnswer>>,
  at = 0,
): Promise<Peer> {
  const server = new Server();
  const asBytes = (bytes: Buffer): Buffer => bytes;
  const described = Object.keys(methods).map((name) => [
    name,
    {
      path: `/${service}/${name}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: asBytes,
      requestDeserialize: asBytes,
      responseSerialize: asBytes,
      responseDeserialize: asBytes,
    },
  ]);
  server.addService(Object.fromEntries(described), methods);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${at}`, ServerCredentials.createInsecure(), (fault, bound) =>
      fault === null ? resolve(bound) : reject(fault),
    );
  });
  return {
    host: "127.0.0.1",
    port,
    address: `127.0.0.1:${port}`,
    close: async () => server.forceShutdown(),
  };
}

/** Metadata with one entry. */
export function metadataOf(name: string, value: string): Metadata {
  const metadata = new Metadata();
  metadata.set(name, value);
  return metadata;
}
