-- The catalogue. Times are milliseconds since 1970 unless a name says otherwise; 64-bit values from the file system
-- (mtime in ns, inode, device) are stored as SQLite integers and read as text.

CREATE TABLE roots (
  id         INTEGER PRIMARY KEY,
  path       TEXT NOT NULL UNIQUE,
  offline    INTEGER NOT NULL DEFAULT 0,
  added_at   INTEGER NOT NULL,
  scanned_at INTEGER
) STRICT;

-- Genre names as first met, found again by their folded form.
CREATE TABLE genres (
  id     INTEGER PRIMARY KEY,
  name   TEXT NOT NULL,
  folded TEXT NOT NULL UNIQUE
) STRICT;

-- One recording; identity is the hash of its audio payload.
CREATE TABLE tracks (
  id            INTEGER PRIMARY KEY,
  audio_hash    BLOB NOT NULL UNIQUE,
  duration      REAL,
  sample_rate   INTEGER,
  channels      INTEGER,
  created_at    INTEGER NOT NULL,
  analysed_at   INTEGER,
  silent_reason TEXT,
  windows       TEXT,
  -- The current prediction of each task: the one that search uses. Copied to `files`.
  predicted_key              INTEGER,
  predicted_key_confidence   REAL,
  predicted_genre            TEXT,
  predicted_genre_id         INTEGER,
  predicted_genre_confidence REAL
) STRICT;

CREATE TABLE files (
  id              INTEGER PRIMARY KEY,
  path            TEXT NOT NULL UNIQUE,
  root_id         INTEGER NOT NULL REFERENCES roots (id),
  track_id        INTEGER REFERENCES tracks (id),
  size            INTEGER NOT NULL,
  mtime_ns        INTEGER NOT NULL,
  inode           INTEGER NOT NULL,
  device          INTEGER NOT NULL,
  container       TEXT,
  missing         INTEGER NOT NULL DEFAULT 0,
  seen_scan       INTEGER NOT NULL,
  added_at        INTEGER NOT NULL,
  problem_code    TEXT,
  problem_message TEXT,
  problem_at      INTEGER,
  -- Tags as found, as far as lists show them and search filters by them; all of them are in `file_tags`.
  title           TEXT,
  artist          TEXT,
  album           TEXT,
  genre           TEXT,
  key_text        TEXT,
  tag_key         INTEGER,
  bpm             REAL,
  year            INTEGER,
  -- Copies from the track, so that one index can answer for tag and prediction together.
  duration                   REAL,
  predicted_key              INTEGER,
  predicted_key_confidence   REAL,
  predicted_genre            TEXT,
  predicted_genre_id         INTEGER,
  predicted_genre_confidence REAL,
  -- 1: has genre tags, none of which is the predicted genre.
  genre_differs   INTEGER NOT NULL DEFAULT 0,
  -- Columns, so that the index of filters can hold them: on expressions in an index SQLite reads the row as well.
  effective_key   INTEGER GENERATED ALWAYS AS (coalesce(tag_key, predicted_key)) STORED,
  key_missing     INTEGER GENERATED ALWAYS AS (key_text IS NULL) STORED,
  genre_missing   INTEGER GENERATED ALWAYS AS (genre IS NULL) STORED
) STRICT;

CREATE INDEX files_by_root ON files (root_id, missing);
CREATE INDEX files_by_track ON files (track_id) WHERE track_id IS NOT NULL;
CREATE INDEX files_by_inode ON files (inode, device);
CREATE INDEX files_missing ON files (id) WHERE missing = 1;
CREATE INDEX files_with_problem ON files (id) WHERE problem_code IS NOT NULL;

-- Every column that a filter tests, so that counting and filtering read this index alone, never the wide rows.
CREATE INDEX files_facets ON files (
  effective_key, tag_key, predicted_key, predicted_key_confidence,
  predicted_genre_id, predicted_genre_confidence, genre_differs,
  key_missing, genre_missing, bpm, root_id
) WHERE missing = 0;

-- One index an order; empty values first. Partial: lists show what is there.
CREATE INDEX files_order_path ON files (path) WHERE missing = 0;
CREATE INDEX files_order_title ON files (ifnull(title, '') COLLATE NOCASE) WHERE missing = 0;
CREATE INDEX files_order_artist ON files (ifnull(artist, '') COLLATE NOCASE) WHERE missing = 0;
CREATE INDEX files_order_album ON files (ifnull(album, '') COLLATE NOCASE) WHERE missing = 0;
CREATE INDEX files_order_bpm ON files (ifnull(bpm, -1)) WHERE missing = 0;
CREATE INDEX files_order_year ON files (ifnull(year, -1)) WHERE missing = 0;
CREATE INDEX files_order_key ON files (ifnull(effective_key, -1)) WHERE missing = 0;
CREATE INDEX files_order_key_confidence ON files (ifnull(predicted_key_confidence, -1)) WHERE missing = 0;
CREATE INDEX files_order_genre_confidence ON files (ifnull(predicted_genre_confidence, -1)) WHERE missing = 0;
CREATE INDEX files_order_added ON files (added_at) WHERE missing = 0;

-- All tags of a file as JSON (field → values).
CREATE TABLE file_tags (
  file_id INTEGER PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
  tags    TEXT NOT NULL
) STRICT;

-- Which genres a file has, by tag and by the current prediction. effective: tagged, or predicted where no tag is.
CREATE TABLE file_genres (
  genre_id  INTEGER NOT NULL REFERENCES genres (id),
  file_id   INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  tagged    INTEGER NOT NULL,
  predicted INTEGER NOT NULL,
  effective INTEGER NOT NULL,
  PRIMARY KEY (genre_id, file_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_genres_by_file ON file_genres (file_id);

-- Text search; rowid = files.id. Contentless: the words are stored once, in the index.
CREATE VIRTUAL TABLE file_text USING fts5 (
  title, artist, album, album_artist, genre, comment, path,
  content = '', contentless_delete = 1,
  tokenize = 'unicode61 remove_diacritics 2',
  prefix = '1 2 3'
);
CREATE TRIGGER files_deleted AFTER DELETE ON files BEGIN
  DELETE FROM file_text WHERE rowid = old.id;
END;

-- What makes predictions: one row a predictor, version and list of labels (a JSON array; empty for "heard nothing").
CREATE TABLE models (
  id        INTEGER PRIMARY KEY,
  task      TEXT NOT NULL,
  predictor TEXT NOT NULL,
  version   TEXT NOT NULL,
  labels    TEXT NOT NULL,
  UNIQUE (task, predictor, version, labels)
) STRICT;

-- One row a track, task and predictor (older versions are replaced). probabilities: 32-bit floats, little endian,
-- in the order of the model's labels; NULL when the predictor heard the track and had nothing to say (silence).
CREATE TABLE predictions (
  track_id      INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
  model_id      INTEGER NOT NULL REFERENCES models (id),
  probabilities BLOB,
  made_at       INTEGER NOT NULL,
  PRIMARY KEY (track_id, model_id)
) STRICT, WITHOUT ROWID;

-- The user's word on a prediction.
CREATE TABLE reviews (
  track_id    INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
  task        TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('accepted', 'changed', 'rejected')),
  value       TEXT,
  reviewed_at INTEGER NOT NULL,
  PRIMARY KEY (track_id, task)
) STRICT, WITHOUT ROWID;

-- vector: 32-bit floats, little endian.
CREATE TABLE embeddings (
  id             INTEGER PRIMARY KEY,
  track_id       INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
  representation TEXT NOT NULL,
  version        TEXT NOT NULL,
  dimension      INTEGER NOT NULL,
  vector         BLOB NOT NULL,
  made_at        INTEGER NOT NULL,
  UNIQUE (track_id, representation)
) STRICT;

-- state: 0 queued, 1 held, 2 done, 3 failed, 4 set aside.
CREATE TABLE work (
  id            INTEGER PRIMARY KEY,
  track_id      INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
  kind          TEXT NOT NULL,
  run           INTEGER NOT NULL,
  priority      INTEGER NOT NULL DEFAULT 0,
  state         INTEGER NOT NULL DEFAULT 0,
  attempts      INTEGER NOT NULL DEFAULT 0,
  deaths        INTEGER NOT NULL DEFAULT 0,
  error_code    TEXT,
  error_message TEXT,
  queued_at     INTEGER NOT NULL,
  UNIQUE (track_id, kind)
) STRICT;
CREATE INDEX work_next ON work (kind, state, priority DESC);
CREATE INDEX work_next_of_run ON work (run, kind, state, priority DESC);
CREATE INDEX work_held ON work (id) WHERE state = 1;

-- Numbers that only grow: runs of the queue, scans.
CREATE TABLE counters (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE write_batches (
  id    INTEGER PRIMARY KEY AUTOINCREMENT,
  label TEXT NOT NULL,
  at    INTEGER NOT NULL
) STRICT;

-- state: open, done, undone, failed (see src/main/tagging/journal.ts).
CREATE TABLE write_entries (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  batch_id       INTEGER NOT NULL REFERENCES write_batches (id),
  path           TEXT NOT NULL,
  temporary_path TEXT NOT NULL,
  state          TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'undone', 'failed')),
  changes        TEXT NOT NULL,
  renumber       TEXT NOT NULL,
  size_before    INTEGER NOT NULL,
  mtime_before   TEXT NOT NULL,
  size_after     INTEGER NOT NULL,
  audio_hash     TEXT NOT NULL,
  mtime_after    TEXT,
  error          TEXT
) STRICT;
CREATE INDEX write_entries_open ON write_entries (id) WHERE state = 'open';
CREATE INDEX write_entries_by_batch ON write_entries (batch_id, state);
CREATE INDEX write_entries_by_path ON write_entries (path);

CREATE TABLE write_splices (
  entry_id INTEGER NOT NULL REFERENCES write_entries (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  before   BLOB NOT NULL,
  after    BLOB NOT NULL,
  UNIQUE (entry_id, position)
) STRICT;

-- value: JSON.
CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
