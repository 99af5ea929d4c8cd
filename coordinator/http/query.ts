import { BadRequest } from "./answer.ts";

/** What a request asks for. */
export interface Asked {
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** A browser asks: a page rather than JSON where there is one. */
  readonly wantsPage: boolean;
}

// How many entries one answer lists at most, and when nothing is asked for.
const MOST_ENTRIES = 500;
const USUAL_ENTRIES = 100;
const MOST_VALUE = 128;

function one(query: URLSearchParams, name: string): string | undefined {
  const all = query.getAll(name);
  if (all.length > 1) throw new BadRequest(`${name} is there twice.`);
  const [value] = all;
  if (value !== undefined && value.length > MOST_VALUE) {
    throw new BadRequest(`${name} is longer than ${MOST_VALUE} characters.`);
  }
  return value;
}

/** An instant of a query, Unix seconds. Throws a BadRequest. */
export function instantOf(query: URLSearchParams, name: string): bigint | undefined {
  const text = one(query, name);
  if (text === undefined) return undefined;
  if (!/^(0|[1-9]\d{0,14})$/.test(text)) {
    throw new BadRequest(`${name} must be a time in whole Unix seconds.`);
  }
  return BigInt(text);
}

/** How many entries a query asks for. Throws a BadRequest. */
export function limitOf(query: URLSearchParams): number {
  const text = one(query, "limit");
  if (text === undefined) return USUAL_ENTRIES;
  const limit = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MOST_ENTRIES) {
    throw new BadRequest(`limit must be from 1 to ${MOST_ENTRIES}.`);
  }
  return limit;
}

/** Where a page of a list begins: the name of the last entry before it. */
export function afterOf(query: URLSearchParams): string | undefined {
  return one(query, "after");
}
