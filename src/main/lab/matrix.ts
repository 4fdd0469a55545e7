/** Numbers in rows, row-major: one row an example, one column a feature. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/**
 * A matrix of numbers that are there already.
 * @throws RangeError where the shape doesn't fit
 */
export function matrix(rows: number, columns: number, data: ArrayLike<number>): Matrix {
  if (data.length !== rows * columns) {
    throw new RangeError(`${data.length} numbers do not fill ${rows} rows of ${columns}.`);
  }
  return { rows, columns, data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

/** A view of one row. */
export function row(from: Matrix, index: number): Float64Array {
  return from.data.subarray(index * from.columns, (index + 1) * from.columns);
}

/** The rows of the given indices, in that order, as a copy. */
export function takeRows(from: Matrix, indices: readonly number[]): Matrix {
  const data = new Float64Array(indices.length * from.columns);
  indices.forEach((index, at) => {
    if (index < 0 || index >= from.rows) throw new RangeError(`There is no row ${index}.`);
    data.set(row(from, index), at * from.columns);
  });
  return { rows: indices.length, columns: from.columns, data };
}

/** The columns of the given indices, in that order, as a copy. */
export function takeColumns(from: Matrix, indices: readonly number[]): Matrix {
  const data = new Float64Array(from.rows * indices.length);
  for (let r = 0; r < from.rows; r++) {
    indices.forEach((index, at) => {
      if (index < 0 || index >= from.columns) throw new RangeError(`There is no column ${index}.`);
      data[r * indices.length + at] = from.data[r * from.columns + index]!;
    });
  }
  return { rows: from.rows, columns: indices.length, data };
}

/** Matrices of equally many rows, side by side. */
export function joinColumns(parts: readonly Matrix[]): Matrix {
  const rows = parts[0]?.rows ?? 0;
  if (parts.some((part) => part.rows !== rows))
    throw new RangeError('The matrices have different numbers of rows.');
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const data = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    let at = r * columns;
    for (const part of parts) {
      data.set(row(part, r), at);
      at += part.columns;
    }
  }
  return { rows, columns, data };
}
