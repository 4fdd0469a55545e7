/** Where a segment of a ring lies in an SVG: its outline and the middle, for a label. */
export interface Segment {
  readonly path: string;
  readonly x: number;
  readonly y: number;
}

/**
 * The segment of hour `number` of a clock-like ring around (0, 0); 12 is on top.
 * @param number 1..12
 * @param gap pixels left free between neighbours
 */
export function segment(number: number, inner: number, outer: number, gap: number): Segment {
  const middle = (number / 12) * 2 * Math.PI - Math.PI / 2;
  const half = Math.PI / 12;
  const at = (radius: number, angle: number) =>
    `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`;
  const [innerHalf, outerHalf] = [half - gap / 2 / inner, half - gap / 2 / outer];
  const path =
    `M ${at(outer, middle - outerHalf)} A ${outer} ${outer} 0 0 1 ${at(outer, middle + outerHalf)} ` +
    `L ${at(inner, middle + innerHalf)} A ${inner} ${inner} 0 0 0 ${at(inner, middle - innerHalf)} Z`;
  const radius = (inner + outer) / 2;
  return { path, x: radius * Math.cos(middle), y: radius * Math.sin(middle) };
}
