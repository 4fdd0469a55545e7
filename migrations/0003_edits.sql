-- What the user wants files to say and has not written into them yet. The columns of `files`, `file_genres` and
-- `file_text` show it already; `file_tags` holds what the file says. value: JSON list, empty to clear the field.
CREATE TABLE edits (
  file_id INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  field   TEXT NOT NULL,
  value   TEXT NOT NULL,
  PRIMARY KEY (file_id, field)
) STRICT, WITHOUT ROWID;

-- Why the last attempt to write a file's edits failed.
CREATE TABLE edit_problems (
  file_id INTEGER PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
  code    TEXT NOT NULL,
  message TEXT NOT NULL,
  at      INTEGER NOT NULL
) STRICT;

-- History for undo and redo: one row for each thing that the user did. Undone ones are the newest of all.
-- kind: see `EditKind`. field: where the step is about one field. batch_id: what a write step wrote.
CREATE TABLE edit_steps (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  kind     TEXT NOT NULL,
  field    TEXT,
  files    INTEGER NOT NULL DEFAULT 0,
  at       INTEGER NOT NULL,
  undone   INTEGER NOT NULL DEFAULT 0,
  batch_id INTEGER
) STRICT;

-- before and after: JSON lists as in `edits`; NULL for no edit.
CREATE TABLE edit_changes (
  step_id INTEGER NOT NULL REFERENCES edit_steps (id) ON DELETE CASCADE,
  file_id INTEGER NOT NULL,
  field   TEXT NOT NULL,
  before  TEXT,
  after   TEXT,
  PRIMARY KEY (step_id, file_id, field)
) STRICT, WITHOUT ROWID;

-- before and after: JSON objects (state, value); NULL for no review.
CREATE TABLE review_changes (
  step_id  INTEGER NOT NULL REFERENCES edit_steps (id) ON DELETE CASCADE,
  track_id INTEGER NOT NULL,
  task     TEXT NOT NULL,
  before   TEXT,
  after    TEXT,
  PRIMARY KEY (step_id, track_id, task)
) STRICT, WITHOUT ROWID;

-- Files whose words in `file_text` are older than their edits: indexing text is dear and is done in small portions.
CREATE TABLE text_due (
  file_id INTEGER PRIMARY KEY
) STRICT;

-- More orders. Keys go round the Camelot wheel: 1A, 1B, 2A, …; the key index is that of `shared/music/key.ts`.
CREATE INDEX files_order_genre ON files (ifnull(genre, '') COLLATE NOCASE) WHERE missing = 0;
CREATE INDEX files_order_duration ON files (ifnull(duration, -1)) WHERE missing = 0;
DROP INDEX files_order_key;
CREATE INDEX files_order_key ON files (
  CASE WHEN effective_key IS NULL THEN -1
       WHEN effective_key < 12 THEN (effective_key * 7 + 7) % 12 * 2 + 1
       ELSE ((effective_key - 9) * 7 + 7) % 12 * 2 END
) WHERE missing = 0;
