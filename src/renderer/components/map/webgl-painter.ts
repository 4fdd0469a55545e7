import { CHOSEN, DIMMED, type Frame, HIDDEN, type Painter, type Palette } from './painter.ts';

/** Groups at most: 24 keys, and none. */
const GROUPS = 32;

const VERTEX = `#version 300 es
layout(location = 0) in vec2 place;
layout(location = 1) in vec2 from;
layout(location = 2) in uint group;
layout(location = 3) in uint state;
uniform vec2 centre;
uniform vec2 scale;
uniform float point;
uniform float moved;
uniform bool chosenOnly;
uniform vec3 palette[${GROUPS}];
uniform vec3 dimmed;
uniform vec3 ink;
flat out vec4 fill;
flat out vec4 edge;
flat out float diameter;
flat out float rim;
void main() {
  bool isChosen = (state & ${CHOSEN}u) != 0u;
  if ((state & ${HIDDEN}u) != 0u || isChosen != chosenOnly) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    gl_PointSize = 0.0;
    return;
  }
  bool isDimmed = (state & ${DIMMED}u) != 0u;
  vec2 at = mix(from, place, moved);
  gl_Position = vec4((at - centre) * scale, 0.0, 1.0);
  rim = clamp(point * 0.2, 0.6, 2.0);
  diameter = isChosen ? point + 2.0 * rim : isDimmed ? max(1.5, point * 0.7) : point;
  gl_PointSize = diameter;
  fill = isDimmed ? vec4(dimmed, 0.45) : vec4(palette[group], 0.92);
  edge = isChosen ? vec4(ink, 1.0) : fill;
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
flat in vec4 fill;
flat in vec4 edge;
flat in float diameter;
flat in float rim;
out vec4 colour;
void main() {
  // Points of a few pixels are squares: nobody can tell, and it is half the work.
  if (diameter <= 2.5) {
    colour = vec4(fill.rgb * fill.a, fill.a);
    return;
  }
  float distance = length(gl_PointCoord * 2.0 - 1.0) * diameter * 0.5;
  float cover = clamp(diameter * 0.5 - distance, 0.0, 1.0);
  if (cover <= 0.0) discard;
  vec4 chosen = mix(edge, fill, clamp(diameter * 0.5 - rim - distance, 0.0, 1.0));
  float alpha = chosen.a * cover;
  colour = vec4(chosen.rgb * alpha, alpha);
}`;

/* The rim of chosen points is thin round small ones: where many are chosen, their colours must stay seen. */

/** Points by WebGL 2: all of them in one call, also a million. Null where there is none. */
export function webglPainter(canvas: HTMLCanvasElement): Painter | null {
  const gl = canvas.getContext('webgl2', { antialias: false, depth: false, premultipliedAlpha: true });
  if (!gl) return null;
  const program = linked(gl);
  if (!program) return null;
  const uniform = (name: string) => gl.getUniformLocation(program, name);
  const at = {
    centre: uniform('centre'),
    scale: uniform('scale'),
    point: uniform('point'),
    moved: uniform('moved'),
    chosenOnly: uniform('chosenOnly'),
    palette: uniform('palette'),
    dimmed: uniform('dimmed'),
    ink: uniform('ink'),
  };
  const buffers = Array.from({ length: 4 }, () => gl.createBuffer());
  const array = gl.createVertexArray();
  gl.bindVertexArray(array);
  gl.useProgram(program);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  buffers.forEach((buffer, location) => {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(location);
    if (location < 2) gl.vertexAttribPointer(location, 2, gl.FLOAT, false, 0, 0);
    else gl.vertexAttribIPointer(location, 1, gl.UNSIGNED_BYTE, 0, 0);
  });
  const fill = (location: number, data: Float32Array | Uint8Array) => {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers[location]!);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
  };
  let count = 0;
  let looks = 0;
  let hasChosen = false;

  return {
    kind: 'webgl',
    setPlaces(places, from) {
      count = places.length / 2;
      fill(0, places);
      fill(1, from ?? places);
    },
    setLooks(groups, states) {
      looks = groups.length;
      fill(2, groups);
      fill(3, states);
      hasChosen = states.some((state) => (state & CHOSEN) !== 0);
    },
    setPalette({ groups, dimmed, ink }: Palette) {
      const colours = new Float32Array(GROUPS * 3);
      groups.slice(0, GROUPS).forEach((colour, group) => {
        colours.set(colour, group * 3);
      });
      gl.uniform3fv(at.palette, colours);
      gl.uniform3fv(at.dimmed, dimmed);
      gl.uniform3fv(at.ink, ink);
    },
    draw({ camera, size, ratio, point, moved }: Frame) {
      const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
      }
      gl.viewport(0, 0, width, height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      // What points look like comes a moment after where they are.
      if (count === 0 || looks !== count) return;
      gl.uniform2f(at.centre, camera.x, camera.y);
      gl.uniform2f(at.scale, (2 * camera.scale) / size.width, (-2 * camera.scale) / size.height);
      gl.uniform1f(at.point, point * ratio);
      gl.uniform1f(at.moved, moved);
      gl.uniform1i(at.chosenOnly, 0);
      gl.drawArrays(gl.POINTS, 0, count);
      if (!hasChosen) return;
      gl.uniform1i(at.chosenOnly, 1);
      gl.drawArrays(gl.POINTS, 0, count);
    },
    close() {
      for (const buffer of buffers) gl.deleteBuffer(buffer);
      gl.deleteVertexArray(array);
      gl.deleteProgram(program);
      // A page has only so many of them, and the next map comes before this one is cleared away.
      gl.getExtension('WEBGL_lose_context')?.loseContext();
    },
  };
}

function linked(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}
