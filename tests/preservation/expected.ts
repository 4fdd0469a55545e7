/**
 * Fixtures that are to be refused (in some edit at least), with what the reason must say. Everything else must be
 * edited cleanly: a refusal that is not listed here fails the run, so that caution never hides a missing feature.
 */
export const EXPECTED_REFUSALS: Readonly<Record<string, RegExp>> = {
  'ape-read-only.ape': /marked read-only/,
  'ape-two-tags.ape': /2 APE tags/,
  'ape-version-1.ape': /version 1/,
  'ape-wrong-count.ape': /do not agree/,
  'flac-two-comment-blocks.flac': /several comment blocks/,
  'm4a-truncated.m4a': /cut short/,
  'matroska-tags.mka': /read but not written/,
  'matroska-webm.webm': /read but not written/,
  'mp3-size-too-large.mp3': /claims/,
  'mp3-v23-encrypted-genre.mp3': /encrypted/,
  'mp3-v23-encrypted.mp3': /encrypted/,
  // Neither mutagen nor music-metadata reads text in grouped v2.3 frames, so nobody could confirm it.
  'mp3-v23-grouped.mp3': /did not find/,
  'mp3-version-5.mp3': /not a version/,
  'not-audio-empty.mp3': /empty/,
  'not-audio-image.mp3': /no kind of audio/,
  'not-audio-random.flac': /no kind of audio/,
  'not-audio-text.mp3': /no kind of audio/,
  'ogg-two-streams-at-once.ogg': /several streams/,
  'vorbis-id3v1-behind.ogg': /pages/,
  'vorbis-trailing-junk.ogg': /pages/,
  'vorbis-truncated.ogg': /cut short/,
  'wav-size-unknown.wav': /cut off/,
  'wav-size-zero.wav': /stray bytes/,
  'wav-truncated.wav': /cut off/,
  'wma-truncated.wma': /cut short/,
};

/**
 * Where kid3 sees more after an edit than before, because what hid it from TagLib is gone: the empty frame that it
 * stopped at, the bytes that it leaves out of a tag with a footer. What it saw before must all be there still.
 */
export const KID3_SEES_MORE: ReadonlySet<string> = new Set(['mp3-empty-frames.mp3', 'mp3-v24-footer.mp3']);
