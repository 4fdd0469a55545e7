/**
 * An array of 32-bit floats as NumPy's `.npy`, format version 1.0 (numpy.lib.format): the header is padded so that the
 * numbers begin at a multiple of 64.
 * @param shape row-major; its product is the number of values
 */
export function writeNpy(shape: readonly number[], values: Float32Array): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== values.length)
    throw new RangeError(`${values.length} numbers do not fill ${shape.join('×')}.`);
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const prefix = 10;
  const padded = header.padEnd(64 * Math.ceil((prefix + header.length + 1) / 64) - prefix - 1);
  const bytes = new Uint8Array(prefix + padded.length + 1 + 4 * count);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(`${padded}\n`), prefix);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  view.setUint16(8, padded.length + 1, true);
  values.forEach((value, index) => {
    view.setFloat32(prefix + padded.length + 1 + 4 * index, value, true);
  });
  return bytes;
}
