/** Where the arrays of a net come from. */
export interface Float32Source {
  /**
   * The numbers of an array, row by row.
   * @throws BadWeightsError where it is missing, has another shape, or holds a value that is not finite
   */
  float32(path: string, shape: readonly number[]): Float32Array;
}
