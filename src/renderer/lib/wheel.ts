/** Where a segment of a ring lies in an SVG: its outline, the middle for a label, and a corner for a mark. */
export interface Segment {
  readonly path: string;
  readonly x: number;
  readonly y: number;
  readonly markX: number;
  readonly markY: number;
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
  // In the outer corner that is nearer to the top or the bottom of the wheel, where no label reaches.
  const markRadius = outer - 6;
  const side = number > 6 && number < 12 ? 1 : -1;
  const markAngle = middle + side * (outerHalf - 6.5 / markRadius);
  return {
    path,
    x: radius * Math.cos(middle),
    y: radius * Math.sin(middle),
    markX: markRadius * Math.cos(markAngle),
    markY: markRadius * Math.sin(markAngle),
  };
}

/** A segment of the wheel by its ring and hour. */
export interface Place {
  readonly ring: number;
  /** 1..12 */
  readonly number: number;
}

/** Everything between two segments, the shorter way round, on the rings that both lie on. */
export function between(from: Place, to: Place): Place[] {
  const forward = (to.number - from.number + 12) % 12;
  const step = forward <= 6 ? 1 : -1;
  const steps = forward <= 6 ? forward : 12 - forward;
  const rings = [...new Set([from.ring, to.ring])];
  return Array.from({ length: steps + 1 }, (_, at) => ((from.number - 1 + step * at + 24) % 12) + 1).flatMap(
    (number) => rings.map((ring) => ({ ring, number })),
  );
}
