/** A function to minimise: writes its gradient into `gradient` and returns its value. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** Stop where no component of the gradient is larger than this. */
  readonly gradientTolerance?: number;
  readonly maxIterations?: number;
  /** Pairs remembered for the inverse Hessian. */
  readonly memory?: number;
  /** Called after each iteration; throw in it (or return) to cancel. */
  readonly onIteration?: (iteration: number, value: number) => void;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** Whether the gradient is within the tolerance. */
  readonly converged: boolean;
}

/** Sufficient decrease and curvature of the Wolfe conditions, values of Nocedal & Wright for quasi-Newton methods. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
const MAX_LINE_STEPS = 40;

/**
 * Minimum of a smooth function by limited-memory BFGS (Nocedal & Wright, *Numerical Optimization*, 2nd ed.,
 * algorithms 7.4 and 7.5), with a bisecting line search for the weak Wolfe conditions. For a strictly convex
 * function that is the one global minimum. No randomness: the same input gives the same bits.
 */
export function minimise(objective: Objective, start: Float64Array, options: MinimiseOptions = {}): Minimum {
  const { gradientTolerance = 1e-8, maxIterations = 5000, memory = 20, onIteration } = options;
  let x = Float64Array.from(start);
  let gradient = new Float64Array(x.length);
  let value = objective(x, gradient);
  const pairs: Pair[] = [];

  let iteration = 0;
  while (iteration < maxIterations && largest(gradient) > gradientTolerance) {
    let direction = descentDirection(gradient, pairs);
    if (dot(direction, gradient) >= 0) {
      pairs.length = 0;
      direction = gradient.map((component) => -component);
    }
    const firstStep = pairs.length === 0 ? Math.min(1, 1 / norm(gradient)) : 1;
    const next = lineSearch(objective, { x, value, gradient }, direction, firstStep);
    if (next === null) break;
    const step = next.x.map((component, at) => component - x[at]!);
    const change = next.gradient.map((component, at) => component - gradient[at]!);
    const curvature = dot(step, change);
    if (curvature > 1e-12 * norm(step) * norm(change)) {
      pairs.push({ step, change, inverseCurvature: 1 / curvature });
      if (pairs.length > memory) pairs.shift();
    }
    ({ x, value, gradient } = next);
    iteration += 1;
    onIteration?.(iteration, value);
  }
  return { x, value, iterations: iteration, converged: largest(gradient) <= gradientTolerance };
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly inverseCurvature: number;
}

interface Point {
  readonly x: Float64Array<ArrayBuffer>;
  readonly value: number;
  readonly gradient: Float64Array<ArrayBuffer>;
}

/** Minus the remembered inverse Hessian times the gradient: the two-loop recursion. */
function descentDirection(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = gradient.map((component) => -component);
  const weights = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, inverseCurvature } = pairs[i]!;
    weights[i] = inverseCurvature * dot(step, q);
    addScaled(q, change, -weights[i]!);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = 1 / (last.inverseCurvature * dot(last.change, last.change));
    for (let at = 0; at < q.length; at++) q[at]! *= scale;
  }
  pairs.forEach(({ step, change, inverseCurvature }, i) => {
    addScaled(q, step, weights[i]! - inverseCurvature * dot(change, q));
  });
  return q;
}

/** A point along `direction` that satisfies the weak Wolfe conditions; null where rounding leaves none. */
function lineSearch(
  objective: Objective,
  from: Point,
  direction: Float64Array,
  firstStep: number,
): Point | null {
  const slope = dot(direction, from.gradient);
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let length = firstStep;
  let best: Point | null = null;
  for (let tries = 0; tries < MAX_LINE_STEPS; tries++) {
    const x = from.x.map((component, at) => component + length * direction[at]!);
    const gradient = new Float64Array(x.length);
    const value = objective(x, gradient);
    if (!(value <= from.value + DECREASE * length * slope)) high = length;
    else {
      best = { x, value, gradient };
      if (dot(direction, gradient) >= CURVATURE * slope) return best;
      low = length;
    }
    length = Number.isFinite(high) ? (low + high) / 2 : low * 2;
  }
  return best;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function largest(a: Float64Array): number {
  return a.reduce((most, component) => Math.max(most, Math.abs(component)), 0);
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let at = 0; at < target.length; at++) target[at]! += factor * source[at]!;
}
