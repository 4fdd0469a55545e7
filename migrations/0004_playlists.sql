-- Playlists. An item remembers the recording, the file that it was and where that lay: whichever of them is found
-- again, in this order, is what the item is.
CREATE TABLE playlists (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  -- Deleted ones stay until their last step of the history is forgotten.
  deleted_at INTEGER
) STRICT;

-- position: ascending, with gaps. label: what the item was called where the library does not know it.
CREATE TABLE playlist_items (
  id          INTEGER PRIMARY KEY,
  playlist_id INTEGER NOT NULL REFERENCES playlists (id) ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  track_id    INTEGER,
  file_id     INTEGER,
  path        TEXT NOT NULL,
  label       TEXT
) STRICT;
CREATE INDEX playlist_items_in_order ON playlist_items (playlist_id, position, id);

-- History for undo and redo. change: JSON; what turns the step back, or, once it is undone, what does it again.
CREATE TABLE playlist_steps (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  playlist_id INTEGER NOT NULL REFERENCES playlists (id) ON DELETE CASCADE,
  kind        TEXT NOT NULL,
  items       INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  undone      INTEGER NOT NULL DEFAULT 0,
  change      TEXT NOT NULL
) STRICT;
