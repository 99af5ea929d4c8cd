import { isMap, isSeq, parseDocument, YAMLSeq } from "yaml";
import { RigError } from "../core/errors.ts";

/** A device to be written into a settings file. */
export interface NewDevice {
  readonly name: string;
  readonly driver: string;
  readonly address: string;
}

/** A device of the file that was found at another address. */
export interface MovedDevice {
  readonly name: string;
  readonly address: string;
}

/**
 * The text of a settings file with devices added and addresses changed; every comment and everything else stays. Throws
 * `settings-invalid` where the file is not YAML with a list of devices.
 */
export function withDevices(
  text: string,
  added: readonly NewDevice[],
  moved: readonly MovedDevice[],
): string {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents))
    throw new RigError("settings-invalid", "the file is no YAML mapping: nothing was written");
  const present = document.get("devices");
  if (present !== undefined && present !== null && !isSeq(present))
    throw new RigError("settings-invalid", "`devices` is no list: nothing was written");
  const devices = isSeq(present) ? present : new YAMLSeq();
  if (devices !== present) document.set("devices", devices);
  // `devices: []` in one line would put every device behind it.
  devices.flow = false;
  for (const { name, address } of moved) {
    const device = devices.items.find((item) => isMap(item) && item.get("name") === name);
    if (!isMap(device))
      throw new RigError("settings-invalid", `there is no device ${name}: nothing was written`);
    device.set("address", address);
  }
  for (const device of added) devices.add(document.createNode({ ...device }));
  return document.toString({ lineWidth: 0 });
}
