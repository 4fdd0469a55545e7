-- Where tracks lie on the map of a representation. tracks: ids, 32-bit, little endian, increasing; places: x and y of
-- each, 32-bit floats, little endian. made_tracks, made_sum: number and sum of the ids of the tracks that had a vector.
CREATE TABLE maps (
  representation TEXT PRIMARY KEY,
  version        TEXT NOT NULL,
  method         TEXT NOT NULL,
  seed           INTEGER NOT NULL,
  laid           INTEGER NOT NULL,
  made_tracks    INTEGER NOT NULL,
  made_sum       INTEGER NOT NULL,
  made_at        INTEGER NOT NULL,
  tracks         BLOB NOT NULL,
  places         BLOB NOT NULL
) STRICT;

-- Which tracks have a vector of a representation, counted without reading the vectors; in order of track, since they
-- are read page by page in that order.
CREATE INDEX embeddings_by_representation ON embeddings (representation, version, track_id, dimension);
