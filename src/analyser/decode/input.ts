import { closeSync, openSync, statSync } from 'node:fs';
import {
  AV_LOG_QUIET,
  AVDISCARD_ALL,
  AVERROR_DECODER_NOT_FOUND,
  AVMEDIA_TYPE_AUDIO,
} from 'node-av/constants';
import { Codec, CodecContext, Dictionary, FFmpegError, FormatContext, Log, type Stream } from 'node-av/lib';
import { FileError } from '../../shared/errors.ts';
import { displayPath, hasEscape, pathToBytes } from '../../shared/path.ts';

// FFmpeg prints what it thinks of every damaged frame; our stdout and stderr are not for that.
Log.setLevel(AV_LOG_QUIET);

/**
 * Demuxers for files that hold music. FFmpeg also opens text as subtitles, pictures as films and playlists that
 * name other files or hosts: none of that must happen to a file because it is called `.mp3`.
 */
const containers =
  'aac,ac3,aiff,amr,ape,asf,au,caf,dsf,dts,dtshd,eac3,flac,iff,loas,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,' +
  'ogg,oma,rm,shn,tak,truehd,tta,voc,w64,wav,wsd,wv,xwma';

/** A file opened for decoding its main audio stream. */
export interface AudioInput {
  readonly path: string;
  readonly format: FormatContext;
  readonly stream: Stream;
  readonly decoder: CodecContext;
  /** Name of FFmpeg's demuxer: `mp3`, `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
  close(): void;
}

function openingError(path: string, code: number): FileError {
  const reason = FFmpegError.strerror(code);
  return new FileError(
    'not-audio',
    path,
    `${displayPath(path)} is not an audio file that we can decode (${reason}).`,
    { cause: new Error(reason) },
  );
}

/** The error for a file that the system does not let us read. */
function readingError(path: string, cause: unknown): FileError {
  const name = displayPath(path);
  const code = cause instanceof Error && 'code' in cause ? cause.code : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new FileError('not-found', path, `There is no file ${name} any more.`, { cause });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new FileError('no-permission', path, `You have no permission to read ${name}.`, { cause });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FileError('unreadable', path, `${name} can't be read: ${reason}`, { cause });
}

/** What FFmpeg opens for one of our paths, and how to let go of it. */
function urlOf(path: string): { url: string; release: () => void } {
  const name = process.platform === 'win32' ? path : Buffer.from(pathToBytes(path));
  let descriptor: number;
  try {
    // Opening a pipe that nobody writes to would never return: look before.
    if (!statSync(name).isFile()) throw new Error('it is not a regular file.');
    descriptor = openSync(name, 'r');
  } catch (cause) {
    throw readingError(path, cause);
  }
  if (!hasEscape(path) || process.platform === 'win32') {
    // It was opened only to hear from the system, not from FFmpeg, why it can't be.
    closeSync(descriptor);
    // With the protocol named, a path like `concat:a|b` is a file name and nothing else.
    return { url: `file:${path}`, release: () => undefined };
  }
  // FFmpeg's binding takes text only; a name that is no text is reached through a descriptor.
  const folder = process.platform === 'linux' ? '/proc/self/fd' : '/dev/fd';
  return { url: `file:${folder}/${descriptor}`, release: () => closeSync(descriptor) };
}

function openDecoder(path: string, stream: Stream): CodecContext {
  const parameters = stream.codecpar;
  const codec = Codec.findDecoder(parameters.codecId);
  const refuse = (code: number): FileError =>
    new FileError(
      'unsupported-codec',
      path,
      `${displayPath(path)} is coded in a way that we can't decode (${FFmpegError.strerror(code)}).`,
    );
  if (!codec) throw refuse(AVERROR_DECODER_NOT_FOUND);
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  try {
    let code = decoder.parametersToContext(parameters);
    if (code < 0) throw refuse(code);
    // Without it the decoder can't tell how many samples of encoder padding to drop.
    decoder.pktTimebase = stream.timeBase;
    // One process a core is the way we use several cores.
    decoder.threadCount = 1;
    code = decoder.open2Sync(codec, null);
    if (code < 0) throw refuse(code);
    return decoder;
  } catch (thrown) {
    decoder.freeContext();
    throw thrown;
  }
}

/**
 * Opens a file's main audio stream. Whoever opens it closes it.
 * @param path in our escaped form
 * @throws FileError `not-found`, `no-permission`, `unreadable`, `not-audio`, `no-audio`, `unsupported-codec`
 */
export function openAudio(path: string): AudioInput {
  const { url, release } = urlOf(path);
  const format = new FormatContext();
  const options = Dictionary.fromObject({ protocol_whitelist: 'file', format_whitelist: containers });
  let opened = false;
  try {
    let code = format.openInputSync(url, null, options);
    if (code < 0) throw openingError(path, code);
    opened = true;
    code = format.findStreamInfoSync(null);
    if (code < 0) throw openingError(path, code);
    const index = format.findBestStream(AVMEDIA_TYPE_AUDIO);
    const stream = index < 0 ? undefined : format.streams[index];
    if (!stream) {
      throw new FileError('no-audio', path, `${displayPath(path)} holds no audio.`);
    }
    // Covers, films and lyrics are read past, not read in.
    for (const other of format.streams) if (other.index !== index) other.discard = AVDISCARD_ALL;
    const decoder = openDecoder(path, stream);
    return {
      path,
      format,
      stream,
      decoder,
      container: format.iformat?.name ?? '',
      close() {
        decoder.freeContext();
        format.closeInputSync();
        options.free();
        release();
      },
    };
  } catch (thrown) {
    if (opened) format.closeInputSync();
    options.free();
    release();
    throw thrown;
  }
}
