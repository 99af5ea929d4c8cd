import type { Condition, DeviceState } from "../core/reading.ts";
import { find, isAbsent, isRecord, pointer, type Scope } from "./pointer.ts";
import type { ErrorsEntry, StateEntry } from "./table.ts";

const MAX_ERRORS = 32;
const MAX_SAID = 200;

const plain = (found: unknown): string =>
  String(found)
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, MAX_SAID);
const isSaid = (found: unknown): found is string | number | boolean =>
  (typeof found === "string" && found.trim() !== "") ||
  typeof found === "number" ||
  typeof found === "boolean";

/** What a device says of its state; undefined where it says nothing. */
export function readState({ state, words }: StateEntry, scope: Scope): Condition | undefined {
  const paths = typeof state === "string" ? [state] : state;
  const found = paths.map((path) => find(scope, path)).find(isSaid);
  if (found === undefined) return undefined;
  const said = plain(found);
  const meant = meaningOf(said.toLowerCase(), words);
  return meant === undefined ? { said } : { state: meant, said };
}

function meaningOf(
  word: string,
  words: Readonly<Record<string, DeviceState>>,
): DeviceState | undefined {
  const [, meant] =
    Object.entries(words).find(([known]) =>
      known.endsWith("*") ? word.startsWith(known.slice(0, -1)) : word === known,
    ) ?? [];
  return meant;
}

/** The errors that a reply lists, none of them twice. A record's keys are its codes; empty and zero ones are none. */
export function readErrors({ errors, code }: ErrorsEntry, scope: Scope): string[] {
  const found = find(scope, errors);
  if (isAbsent(found)) return [];
  const listed = Array.isArray(found) ? found : isRecord(found) ? Object.keys(found) : [found];
  const codes = listed
    .slice(0, 8 * MAX_ERRORS)
    .flatMap((element: unknown) => textsOf(code === undefined ? element : pointer(element, code)));
  return [...new Set(codes)].slice(0, MAX_ERRORS);
}

function textsOf(element: unknown): string[] {
  // Firmware that lists codes as [{"110": "since when"}].
  if (isRecord(element)) return Object.keys(element).map(plain);
  return isSaid(element) && element !== false && Number(element) !== 0 ? [plain(element)] : [];
}

/** One condition of several words on it: the first known state stands, errors add up. */
export function joined(
  before: Condition | undefined,
  more: Condition | undefined,
): Condition | undefined {
  if (before === undefined || more === undefined) return before ?? more;
  const errors = [...new Set([...(before.errors ?? []), ...(more.errors ?? [])])].slice(
    0,
    MAX_ERRORS,
  );
  const first = before.state === undefined && more.state !== undefined ? more : before;
  const second = first === before ? more : before;
  const { errors: _, ...words } = { ...second, ...first };
  return errors.length === 0 ? words : { ...words, errors };
}
