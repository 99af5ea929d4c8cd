import type { Socket } from "node:net";

/** Reads the framing of MQTT beside the broker: true as long as no packet announces more bytes than the limit of now. */
export function createFrameLimit(limit: () => number): (bytes: Uint8Array) => boolean {
  let skip = 0;
  let inLength = false;
  let length = 0;
  let scale = 1;
  return (bytes) => {
    for (let i = 0; i < bytes.length; ) {
      if (skip > 0) {
        const step = Math.min(skip, bytes.length - i);
        skip -= step;
        i += step;
      } else if (!inLength) {
        inLength = true;
        length = 0;
        scale = 1;
        i += 1;
      } else {
        const byte = bytes[i] ?? 0;
        length += (byte & 0x7f) * scale;
        scale *= 128;
        i += 1;
        if (length > limit() || scale > 128 ** 4) return false;
        if ((byte & 0x80) === 0) {
          inLength = false;
          skip = length;
        }
      }
    }
    return true;
  };
}

/**
 * Ends a connection that announces a packet over the limit, before the broker keeps any of it: aedes and its parser
 * have no limit of their own, and collect up to 256 MiB from somebody who has not even logged in. The answer changes
 * the limit.
 */
export function limitFrames(socket: Socket, first: number): (limit: number) => void {
  let limit = first;
  const within = createFrameLimit(() => limit);
  const read = socket.read.bind(socket);
  socket.read = (size?: number): Buffer | null => {
    const bytes = read(size) as Buffer | null;
    if (bytes === null || within(bytes)) return bytes;
    socket.destroy();
    return null;
  };
  return (next) => {
    limit = next;
  };
}
