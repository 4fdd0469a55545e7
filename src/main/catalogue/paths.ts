/**
 * What lies at or below a path, as conditions on an indexed column: the path itself, or a range that starts with the
 * path and its separator. Comparison is by bytes, so the range ends at the character after the separator.
 */
export interface PathRange {
  readonly self: string;
  readonly from: string;
  readonly to: string;
}

const separatorOf = (path: string): '/' | '\\' => (/^(?:[A-Za-z]:|\\\\)/.test(path) ? '\\' : '/');

/** @param path absolute, escaped form; a separator at its end does not matter */
export function rangeBelow(path: string): PathRange {
  const separator = separatorOf(path);
  const self = path.length > 1 && path.endsWith(separator) ? path.slice(0, -1) : path;
  const from = self.endsWith(separator) ? self : self + separator;
  return { self, from, to: from.slice(0, -1) + String.fromCharCode(separator.charCodeAt(0) + 1) };
}

/** SQL for "the column lies at or below one of these paths", with its parameters. */
export function belowCondition(column: string, paths: readonly string[]): { sql: string; params: string[] } {
  if (paths.length === 0) return { sql: '0', params: [] };
  const ranges = paths.map(rangeBelow);
  return {
    sql: `(${ranges.map(() => `${column} = ? OR (${column} >= ? AND ${column} < ?)`).join(' OR ')})`,
    params: ranges.flatMap(({ self, from, to }) => [self, from, to]),
  };
}
