/**
 * Trains the built-in tier's key net from nothing and writes models/builtin-key.onnx and .json:
 *
 *     npm run train:key -- --work DIR --skey DIR --keynet DIR [--music DIR]… [--shared DIR] [--minutes N]
 *
 * DIR of `--work` keeps rendered audio, features and answers (some 4 GB): a run that was stopped goes on there.
 * `--skey` and `--keynet` are checkouts of github.com/deezer/skey and github.com/a1ex90/MusicalKeyCNN, `--music`
 * folders of real music without labels. `--minutes` is for each of the three nets that are trained; training goes
 * by the clock, so results differ a little from run to run. Needs Python 3.11, ffmpeg, fluidsynth, abc2midi and Debian's soundfonts
 * fluid-soundfont-gm, timgm6mb-soundfont, musescore-general-soundfont-small, opl3-soundfont, csound-soundfont.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const here = import.meta.dirname;
const root = resolve(here, '..', '..');
const { values } = parseArgs({
  options: {
    work: { type: 'string' },
    shared: { type: 'string', default: join(root, '..', 'shared') },
    skey: { type: 'string' },
    keynet: { type: 'string' },
    music: { type: 'string', multiple: true, default: [] },
    clips: { type: 'string', default: '1700' },
    minutes: { type: 'string', default: '12' },
    workers: { type: 'string', default: '1' },
  },
});
if (!values.work || !values.skey || !values.keynet) {
  throw new Error('usage: npm run train:key -- --work DIR --skey DIR --keynet DIR [--music DIR]…');
}
const work = resolve(values.work);
const shared = resolve(values.shared);
mkdirSync(work, { recursive: true });

/** Runs a program to its end; what it prints is seen. */
function run(program: string, args: readonly string[]): void {
  console.log(`> ${program} ${args.join(' ')}`);
  const { status, error } = spawnSync(program, args, { stdio: 'inherit', cwd: here });
  if (error || status !== 0) throw new Error(`${program} failed with ${status}`, { cause: error });
}

const python = join(work, 'venv', 'bin', 'python');
if (!existsSync(python)) {
  run('python3', ['-m', 'venv', join(work, 'venv')]);
  run(python, ['-m', 'pip', 'install', '--quiet', '-r', join(here, 'requirements.txt')]);
}

const render = join(work, 'render');
run(
  python,
  ['render.py', '--shared', join(shared, 'data'), '--out', render].concat([
    '--count',
    values.clips,
    '--workers',
    values.workers,
  ]),
);
const clips = readdirSync(render).filter((name) => name.endsWith('.wav'));
writeFileSync(join(work, 'rendered.list'), clips.map((name) => `${join(render, name)}\t0\t30\n`).join(''));
run(process.execPath, ['features.ts', join(work, 'rendered.list'), join(work, 'rendered')]);

const music = [...values.music, join(shared, 'data', 'librosa-examples')].map((folder) => resolve(folder));
run(python, ['list_real.py', join(work, 'real.list'), ...music]);
run(process.execPath, ['features.ts', join(work, 'real.list'), join(work, 'real')]);
run(
  python,
  ['teach.py', '--list', join(work, 'real.list'), '--out', join(work, 'teacher.npz')]
    .concat(['--skey', resolve(values.skey), '--keynet', resolve(values.keynet)])
    .concat(['--weights', join(shared, 'models')]),
);

const train = (name: string, seed: number, realShare: number, models: string) =>
  run(
    python,
    ['train.py', '--work', work, '--models', models, '--name', name, '--seed', `${seed}`].concat([
      '--real-share',
      `${realShare}`,
      '--minutes',
      values.minutes,
    ]),
  );

// Two nets learn from the teachers; the one that is kept learns from the teachers and from these two.
const nets = join(work, 'nets');
mkdirSync(nets, { recursive: true });
train('first', 1, 0.6, nets);
train('second', 2, 0.75, nets);
run(
  python,
  ['reteach.py', '--work', work].concat([
    '--net',
    join(nets, 'first.onnx'),
    '--net',
    join(nets, 'second.onnx'),
  ]),
);
train('builtin-key', 3, 0.6, join(root, 'models'));
