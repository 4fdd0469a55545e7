import { hasEscape, pathToBytes } from '../../shared/path.ts';

/** What the scan takes for audio, by the end of the name; whether it is audio shows when it is read. */
export const AUDIO_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'mp3 mp2 mp1 mpga aac adts m4a m4b m4r mp4 alac flac fla ogg oga ogx opus spx wav wave rf64 bwf aif aiff aifc ' +
    'wma asf ape wv mpc mp+ mpp tta tak dsf dff mka webm weba 3ga'
  ).split(' '),
);

/** The tagger's copies while it works: `.cratewise-<anything>.tmp` beside the file. */
const TEMPORARY = /^\.cratewise-.*\.tmp$/;

/** Folders that systems and appliances keep for themselves. */
const SYSTEM_FOLDERS: ReadonlySet<string> = new Set([
  '$recycle.bin',
  '#recycle',
  '#snapshot',
  '@eadir',
  '__macosx',
  'lost+found',
  'system volume information',
]);

/** The form of a path that the file system wants: bytes where the name is no text, as POSIX allows. */
export function systemPath(path: string): string | Buffer {
  return process.platform !== 'win32' && hasEscape(path) ? Buffer.from(pathToBytes(path)) : path;
}

/** Whether a name has an extension of audio. */
export function isAudioName(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot > 0 && AUDIO_EXTENSIONS.has(name.slice(dot + 1).toLowerCase());
}

/** Names that are never ours to look at: AppleDouble companions (`._x`) and the tagger's temporary copies. */
export function isJunkName(name: string): boolean {
  return name.startsWith('._') || TEMPORARY.test(name);
}

/** Names that are left out unless hidden ones are wanted. */
export function isHiddenName(name: string): boolean {
  return name.startsWith('.') || SYSTEM_FOLDERS.has(name.toLowerCase());
}

export const SEPARATOR = process.platform === 'win32' ? '\\' : '/';

/** `name` in `folder`. */
export function childPath(folder: string, name: string): string {
  return folder.endsWith(SEPARATOR) ? folder + name : folder + SEPARATOR + name;
}

/** The folder that holds a path; the path itself at the top. */
export function parentPath(path: string): string {
  const at = path.lastIndexOf(SEPARATOR);
  return at <= 0 ? path.slice(0, at + 1) || path : path.slice(0, at);
}

/** Whether `path` is `folder` or below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(SEPARATOR) ? folder : folder + SEPARATOR);
}
