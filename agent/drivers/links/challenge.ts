/** How a server asks for a login: a scheme and its parameters, names in lower case. */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** As they stood, quotes off and escapes still in. */
  readonly parameters: Readonly<Record<string, string>>;
}

// A word, and what it is set to if it is: a quoted string, which may hold anything, or another word.
const PIECE = /[\s,]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/y;

/**
 * Reads a WWW-Authenticate header, which may hold several challenges: a word that is set to nothing begins another one.
 * What cannot be read ends it. RFC 9110, section 11.6.1.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  const piece = new RegExp(PIECE);
  for (let found = piece.exec(header); found !== null; found = piece.exec(header)) {
    const [, word = "", quoted, bare] = found;
    const value = quoted ?? bare;
    if (value === undefined) challenges.push({ scheme: word.toLowerCase(), parameters: {} });
    else {
      const parameters = challenges.at(-1)?.parameters ?? {};
      // The first counts: a second one is a fault or a forgery.
      if (!Object.hasOwn(parameters, word.toLowerCase())) parameters[word.toLowerCase()] = value;
    }
  }
  return challenges;
}
