import { copyFileSync, existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { openCatalogue } from '../../src/main/catalogue/index.ts';
import { randomFrom } from '../../src/main/lab/random.ts';
import { fill } from '../catalogue/synthetic.ts';

/** Kinds of music that vectors are drawn around, and the few causes behind the differences within one. */
const KINDS = 60;
const CAUSES = 8;

/**
 * Vectors as representations give them: some kinds of unequal size, within each a few causes that many columns follow,
 * noise on top, and one track in ten between two kinds.
 */
export function vectors(width: number, seed = 1): (track: number) => Float32Array {
  const random = randomFrom(seed);
  const normal = () => random() + random() + random() + random() - 2;
  const middles = Float64Array.from({ length: KINDS * width }, () => 2.5 * normal());
  const causes = Float64Array.from({ length: CAUSES * width }, normal);
  return () => {
    const kind = Math.floor(KINDS * random() ** 2);
    const other = random() < 0.1 ? Math.floor(KINDS * random()) : kind;
    const share = other === kind ? 0 : random();
    const strengths = Float64Array.from({ length: CAUSES }, normal);
    return Float32Array.from({ length: width }, (_, c) => {
      let value = middles[kind * width + c]! * (1 - share) + middles[other * width + c]! * share;
      for (let cause = 0; cause < CAUSES; cause++) value += strengths[cause]! * causes[cause * width + c]!;
      return value + 0.5 * normal();
    });
  };
}

/** A library of so many tracks with their vectors, made where there is none; from one without vectors if given. */
export function libraryWithVectors(
  file: string,
  count: number,
  width: number,
  from?: string,
): { made: boolean } {
  if (existsSync(file)) return { made: false };
  if (from !== undefined && existsSync(from)) copyFileSync(from, file);
  const catalogue = openCatalogue(file);
  if (catalogue.tracks.count() === 0) fill(catalogue, count, (text) => console.error(text));
  catalogue.close();
  const database = new Sqlite(file);
  const insert = database.prepare(
    `INSERT INTO embeddings (track_id, representation, version, dimension, vector, made_at) VALUES (?, 'choi', '1', ?, ?, 0)`,
  );
  const next = vectors(width);
  const ids = database.prepare('SELECT id FROM tracks ORDER BY id').pluck().all() as number[];
  for (let start = 0; start < ids.length; start += 5000) {
    database.transaction(() => {
      for (const id of ids.slice(start, start + 5000)) insert.run(id, width, Buffer.from(next(id).buffer));
    })();
  }
  database.close();
  return { made: true };
}
