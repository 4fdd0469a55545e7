import { CratewiseError } from '../../shared/errors.ts';
import { MAX_ITEMS, type PlaylistStepKind } from '../../shared/playlist/step.ts';
import type { Database } from './database.ts';
import { applyChange, type Change, type ItemRow } from './playlist-changes.ts';
import type { Playlist, PlaylistItem, PlaylistStep, PlaylistStore } from './playlist-types.ts';
import type { Catalogue } from './stores.ts';

/** Free positions between items that were appended: an item can be put between two without moving others. */
const GAP = 1024;

/** Steps that can be undone. */
const STEPS = 100;

/** The file that item `i` is now. A file's id may be given anew, so it counts only with its recording or its path. */
const FILE_NOW = `coalesce(
  (SELECT f.id FROM files f WHERE f.id = i.file_id AND f.missing = 0
     AND CASE WHEN i.track_id IS NULL THEN f.path = i.path ELSE f.track_id = i.track_id END),
  (SELECT f.id FROM files f WHERE f.track_id = i.track_id AND f.missing = 0 ORDER BY f.path LIMIT 1),
  (SELECT f.id FROM files f WHERE f.path = i.path),
  (SELECT f.id FROM files f WHERE f.track_id = i.track_id ORDER BY f.path LIMIT 1))`;

const PLAYLIST = `SELECT p.id, p.name, p.created_at AS createdAt, p.changed_at AS changedAt,
    (SELECT count(*) FROM playlist_items i WHERE i.playlist_id = p.id) AS items,
    (SELECT coalesce(sum(t.duration), 0) FROM playlist_items i JOIN tracks t ON t.id = i.track_id
      WHERE i.playlist_id = p.id) AS seconds
  FROM playlists p WHERE p.deleted_at IS NULL`;

/** What a new item is, before it has a place. */
type NewItem = readonly [trackId: number | null, fileId: number | null, path: string, label: string | null];

/** @param rows how files are shown, see `Catalogue.rows` */
export function playlistStore(database: Database, rows: Catalogue['rows']): PlaylistStore {
  const get = (id: number) =>
    database.get<Playlist & Record<string, unknown>>(`${PLAYLIST} AND p.id = ?`, id);

  const needed = (id: number): Playlist => {
    const found = get(id);
    if (!found) throw new CratewiseError('no-playlist', 'This playlist is not there any more.');
    return found;
  };

  /** Does something and remembers how to turn it back. */
  const step = (playlistId: number, kind: PlaylistStepKind, items: number, change: Change): void => {
    const inverse = applyChange(database, playlistId, change);
    database.run('DELETE FROM playlist_steps WHERE undone = 1');
    database.run(
      'INSERT INTO playlist_steps (playlist_id, kind, items, at, change) VALUES (?, ?, ?, ?, ?)',
      playlistId,
      kind,
      items,
      database.now(),
      JSON.stringify(inverse),
    );
    database.run(
      'DELETE FROM playlist_steps WHERE id <= (SELECT id FROM playlist_steps ORDER BY id DESC LIMIT 1 OFFSET ?)',
      STEPS,
    );
    database.run(
      'DELETE FROM playlists WHERE deleted_at IS NOT NULL AND id NOT IN (SELECT playlist_id FROM playlist_steps)',
    );
  };

  const itemIds = (id: number): number[] =>
    database
      .all<{ id: number }>('SELECT id FROM playlist_items WHERE playlist_id = ? ORDER BY position, id', id)
      .map((row) => row.id);

  /** Free positions for `count` items before one, or at the end; where there are too few, everything moves apart. */
  const room = (
    id: number,
    count: number,
    before: number | undefined,
    moving: ReadonlySet<number>,
  ): { positions: number[]; places: [number, number][] } => {
    const next = before === undefined ? undefined : positionOf(id, before);
    const last = lastBefore(id, next, moving);
    if (next === undefined)
      return { positions: Array.from({ length: count }, (_, at) => last + GAP * (at + 1)), places: [] };
    const gap = Math.floor((next - last) / (count + 1));
    if (gap >= 1)
      return { positions: Array.from({ length: count }, (_, at) => last + gap * (at + 1)), places: [] };
    const stay = itemIds(id).filter((item) => !moving.has(item));
    const at = stay.indexOf(before!);
    const place = (index: number) => GAP * (index + 1);
    return {
      positions: Array.from({ length: count }, (_, index) => place(at + index)),
      places: stay.map((item, index) => [item, place(index < at ? index : index + count)]),
    };
  };

  const positionOf = (id: number, item: number): number | undefined =>
    database.value<number>('SELECT position FROM playlist_items WHERE playlist_id = ? AND id = ?', id, item);

  /** Position of the last item before a position that stays where it is. */
  const lastBefore = (id: number, next: number | undefined, moving: ReadonlySet<number>): number =>
    database.value<number>(
      `SELECT max(position) FROM playlist_items WHERE playlist_id = ? AND position < ?
         AND id NOT IN (SELECT value FROM json_each(?))`,
      id,
      next ?? Number.MAX_SAFE_INTEGER,
      JSON.stringify([...moving]),
    ) ?? 0;

  /** What puts items into a playlist that has `there`. */
  const addition = (id: number, there: number, items: readonly NewItem[], before?: number): Change => {
    if (there + items.length > MAX_ITEMS)
      throw new CratewiseError(
        'playlist-full',
        `A playlist holds ${MAX_ITEMS.toLocaleString('en')} tracks; this would make ${(there + items.length).toLocaleString('en')}.`,
      );
    const { positions, places } = room(id, items.length, before, new Set());
    const lastId = database.value<number>(
      `INSERT INTO counters VALUES ('playlist_items', ?) ON CONFLICT DO UPDATE SET value = value + excluded.value
       RETURNING value`,
      items.length,
    )!;
    const put = items.map((item, at): ItemRow => [lastId - items.length + 1 + at, positions[at]!, ...item]);
    return { put, places };
  };

  const append = (id: number, items: readonly NewItem[], before?: number): number => {
    if (items.length > 0) step(id, 'add', items.length, addition(id, needed(id).items, items, before));
    return items.length;
  };

  const filesOf = (fileIds: readonly number[]): NewItem[] =>
    database
      .all<{ id: number; path: string; trackId: number | null }>(
        `SELECT f.id, f.path, f.track_id AS trackId FROM json_each(?) AS wanted CROSS JOIN files f
         ON f.id = wanted.value ORDER BY wanted.key`,
        JSON.stringify(fileIds),
      )
      .map(({ id, path, trackId }) => [trackId, id, path, null]);

  /** Those that are not in the playlist yet, each once. */
  const unknown = (id: number, items: readonly NewItem[]): NewItem[] => {
    const there = database.all<{ trackId: number | null; path: string }>(
      'SELECT track_id AS trackId, path FROM playlist_items WHERE playlist_id = ?',
      id,
    );
    const known = new Set<number | string>(there.map(({ trackId, path }) => trackId ?? path));
    return items.filter(([trackId, , path]) => {
      const what = trackId ?? path;
      if (known.has(what)) return false;
      known.add(what);
      return true;
    });
  };

  const stepRow = (direction: 'undo' | 'redo') =>
    database.get<PlaylistStep & { change: string } & Record<string, unknown>>(
      `SELECT s.id, s.playlist_id AS playlistId, p.name, s.kind, s.items, s.at, s.change FROM playlist_steps s
       JOIN playlists p ON p.id = s.playlist_id
       WHERE s.undone = ? ORDER BY s.id ${direction === 'undo' ? 'DESC' : 'ASC'} LIMIT 1`,
      direction === 'undo' ? 0 : 1,
    );

  const shownStep = ({ id, playlistId, name, kind, items, at }: PlaylistStep): PlaylistStep => ({
    id,
    playlistId,
    name,
    kind,
    items,
    at,
  });

  return {
    list: () =>
      database.all<Playlist & Record<string, unknown>>(`${PLAYLIST} ORDER BY p.name COLLATE NOCASE, p.id`),
    get,

    create: (name, fileIds = []) =>
      database.write(() => {
        const now = database.now();
        const { id } = database.run(
          'INSERT INTO playlists (name, created_at, changed_at, deleted_at) VALUES (?, ?, ?, ?)',
          name,
          now,
          now,
          now,
        );
        const items = unknown(id, filesOf(fileIds));
        step(id, 'create', items.length, { ...addition(id, 0, items), deletedAt: null });
        return needed(id);
      }),

    rename: (id, name) =>
      database.write(() => {
        if (needed(id).name !== name) step(id, 'rename', 0, { name });
      }),

    delete: (id) => database.write(() => step(id, 'delete', needed(id).items, { deletedAt: database.now() })),

    add: (id, fileIds, { before, again = false } = {}) =>
      database.write(() => {
        needed(id);
        const files = filesOf(fileIds);
        return append(id, again ? files : unknown(id, files), before);
      }),

    addNamed: (id, items) =>
      database.write(() => {
        needed(id);
        const files = new Map(
          filesOf(items.filter((item) => typeof item === 'number')).map((item) => [item[1], item]),
        );
        return append(
          id,
          items.flatMap((item): NewItem[] => {
            if (typeof item !== 'number') return [[null, null, item.path, item.label]];
            const file = files.get(item);
            return file ? [file] : [];
          }),
        );
      }),

    remove: (id, items) =>
      database.write(() => {
        needed(id);
        const there = new Set(itemIds(id));
        const drop = [...new Set(items)].filter((item) => there.has(item));
        if (drop.length > 0) step(id, 'remove', drop.length, { drop });
        return drop.length;
      }),

    move: (id, items, before) =>
      database.write(() => {
        needed(id);
        const order = itemIds(id);
        const wanted = new Set(items);
        const moving = order.filter((item) => wanted.has(item));
        // Before itself: before the next one that stays.
        const from = before === undefined ? -1 : order.indexOf(before);
        const target = from < 0 ? undefined : order.slice(from).find((item) => !wanted.has(item));
        const after = [...order.filter((item) => !wanted.has(item))];
        after.splice(target === undefined ? after.length : after.indexOf(target), 0, ...moving);
        if (moving.length === 0 || after.every((item, at) => item === order[at])) return 0;
        const { positions, places } = room(id, moving.length, target, new Set(moving));
        step(id, 'move', moving.length, {
          places: [...places, ...moving.map((item, at) => [item, positions[at]!] as const)],
        });
        return moving.length;
      }),

    reorder: (id, items) =>
      database.write(() => {
        needed(id);
        const order = itemIds(id);
        const there = new Set(order);
        const first = [...new Set(items)].filter((item) => there.has(item));
        const named = new Set(first);
        const after = [...first, ...order.filter((item) => !named.has(item))];
        if (after.every((item, at) => item === order[at])) return;
        step(id, 'order', after.length, { places: after.map((item, at) => [item, GAP * (at + 1)]) });
      }),

    items: (id, { offset, limit, fields = [] }) =>
      database.read(() => {
        const found = database.all<{ id: number; path: string; label: string | null; fileId: number | null }>(
          `SELECT i.id, i.path, i.label, ${FILE_NOW} AS fileId FROM playlist_items i
           WHERE i.playlist_id = ? ORDER BY i.position, i.id LIMIT ? OFFSET ?`,
          id,
          limit,
          offset,
        );
        const shown = new Map(
          rows([...new Set(found.flatMap(({ fileId }) => fileId ?? []))], fields).map((row) => [row.id, row]),
        );
        return found.map(({ id: itemId, path, label, fileId }): PlaylistItem => {
          const row = (fileId === null ? undefined : shown.get(fileId)) ?? null;
          return { id: itemId, row, path: row?.path ?? path, label };
        });
      }),

    itemIds,

    next: (direction) => {
      const row = stepRow(direction);
      return row ? shownStep(row) : null;
    },

    turn: (direction) =>
      database.write(() => {
        const row = stepRow(direction);
        if (!row) return null;
        const inverse = applyChange(database, row.playlistId, JSON.parse(row.change) as Change);
        database.run(
          'UPDATE playlist_steps SET undone = ?, change = ? WHERE id = ?',
          direction === 'undo' ? 1 : 0,
          JSON.stringify(inverse),
          row.id,
        );
        return shownStep(row);
      }),
  };
}
