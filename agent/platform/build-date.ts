/** No clock that is right shows an earlier time than this, in Unix ms. Moved forward with each release. */
export const BUILT_AT_MS = Date.UTC(2026, 10, 1);
