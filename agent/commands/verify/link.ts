/** One link of what a record rests on. */
export interface Link {
  /** What it is about, such as `attestation 7 (era 3): signature`. */
  readonly name: string;
  readonly ok: boolean;
  /** What was found, as a sentence. */
  readonly about: string;
}

/** What a checker knows from outside. Addresses in lower case. */
export interface Pins {
  /** The rig, or all rigs that may stand behind the bundle. */
  readonly rig?: string | readonly string[];
  readonly coordinator?: string;
  /** The owner, or all owners, of these rigs. */
  readonly owner?: string | readonly string[];
  /** The root of the records' epoch, as the chain or the coordinator says. */
  readonly root?: string;
}

/** What was pinned under a name; none when nothing was. */
export function pinned(pins: Pins, name: keyof Pins): readonly string[] {
  return [pins[name] ?? []].flat();
}

/** What is wrong when something was pinned and this is not it. */
export function pinFault(name: keyof Pins, pins: Pins, found: string): string | undefined {
  const wanted = pinned(pins, name);
  if (wanted.length === 0 || wanted.includes(found)) return undefined;
  return `the pinned ${name} is ${wanted.join(" or ")}, and ${found} was found`;
}

/** A link: holds when nothing is wrong. */
export function link(name: string, wrong: string | undefined | false, right: string): Link {
  return wrong === undefined || wrong === false
    ? { name, ok: true, about: right }
    : { name, ok: false, about: wrong };
}

/** What is wrong when two things that must be the same are not. */
export function unequal(what: string, said: unknown, found: unknown): string | undefined {
  return String(said) === String(found) ? undefined : `${what} is ${said}, and ${found} was found`;
}
