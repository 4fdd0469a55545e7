-- How an embedding was computed, where its representation leaves that open (MusicGen on different devices).
ALTER TABLE embeddings ADD COLUMN precision TEXT;
ALTER TABLE embeddings ADD COLUMN provider TEXT;
