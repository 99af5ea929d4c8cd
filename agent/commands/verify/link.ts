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
  readonly rig?: string;
  readonly coordinator?: string;
  readonly owner?: string;
  /** The root of the records' epoch, as the chain or the coordinator says. */
  readonly root?: string;
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
