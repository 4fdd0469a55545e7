/**
 * Extended attributes on Linux through the C library (`node:ffi`, in Node ≥ 26): ACLs are among them. Node itself
 * has no call for them, and starting `cp` costs some milliseconds a file.
 */
interface Functions {
  flistxattr(fd: number, list: Buffer, size: bigint): bigint;
  fgetxattr(fd: number, name: Buffer, value: Buffer, size: bigint): bigint;
  fsetxattr(fd: number, name: Buffer, value: Buffer, size: bigint, flags: number): number;
  fremovexattr(fd: number, name: Buffer): number;
  futimens(fd: number, times: Buffer): number;
}

const DEFINITIONS = {
  flistxattr: { arguments: ['i32', 'buffer', 'u64'], return: 'i64' },
  fgetxattr: { arguments: ['i32', 'buffer', 'buffer', 'u64'], return: 'i64' },
  fsetxattr: { arguments: ['i32', 'buffer', 'buffer', 'u64', 'i32'], return: 'i32' },
  fremovexattr: { arguments: ['i32', 'buffer'], return: 'i32' },
  futimens: { arguments: ['i32', 'buffer'], return: 'i32' },
} as const;

interface Ffi {
  dlopen(library: null, definitions: typeof DEFINITIONS): { readonly functions: Functions };
}

/** Most bytes that Linux allows for a list of names, and for a value. */
const MOST = 65_536;

let loaded: Functions | null | undefined;
const scratch = Buffer.allocUnsafeSlow(MOST);

/** The C library's functions; `null` where this Node can't call them (Electron's, other platforms). */
function functions(): Functions | null {
  if (loaded !== undefined) return loaded;
  loaded = null;
  // The layout of the structures below is that of 64-bit Linux.
  if (process.platform !== 'linux' || !['x64', 'arm64', 'riscv64', 'loong64'].includes(process.arch))
    return null;
  try {
    const getBuiltinModule = process.getBuiltinModule as (id: string) => unknown;
    const ffi = getBuiltinModule('node:ffi') as Ffi | undefined;
    loaded = ffi?.dlopen(null, DEFINITIONS).functions ?? null;
    // Experimental in Node: one call that can't fail shows whether the signatures are understood as we mean them.
    if (loaded && loaded.flistxattr(-1, scratch, 0n) !== -1n) loaded = null;
  } catch {
    loaded = null;
  }
  return loaded;
}

export function canCopyXattrs(): boolean {
  return functions() !== null;
}

const terminated = (name: string): Buffer => Buffer.from(`${name}\0`, 'latin1');

function list(calls: Functions, fd: number): string[] {
  const length = Number(calls.flistxattr(fd, scratch, BigInt(MOST)));
  // A file system without extended attributes answers with an error.
  return length <= 0 ? [] : scratch.toString('latin1', 0, length - 1).split('\0');
}

/** Labels of security modules come with the folder, and only root may set these and `trusted.`. */
const isPrivileged = (name: string): boolean => name.startsWith('security.') || name.startsWith('trusted.');

/**
 * Gives `to` exactly the extended attributes (and with them the ACL) of `from`.
 * @returns names that could not be copied; only call where `canCopyXattrs()`
 */
export function copyXattrs(from: number, to: number): string[] {
  const calls = functions();
  if (!calls) return [];
  const wanted = list(calls, from);
  const failed: string[] = [];
  // A folder with a default ACL gives one to every new file.
  for (const name of list(calls, to))
    if (!wanted.includes(name) && !isPrivileged(name)) calls.fremovexattr(to, terminated(name));
  for (const name of wanted) {
    const length = calls.fgetxattr(from, terminated(name), scratch, BigInt(MOST));
    const done = length >= 0n && calls.fsetxattr(to, terminated(name), scratch, length, 0) === 0;
    if (!done && !isPrivileged(name)) failed.push(name);
  }
  return failed;
}

/** Sets access and modification time to the nanosecond; false where that can't be done this way. */
export function setTimes(fd: number, atimeNs: bigint, mtimeNs: bigint): boolean {
  const calls = functions();
  if (!calls) return false;
  const times = Buffer.alloc(32);
  const BILLION = 1_000_000_000n;
  // Two `struct timespec`; seconds are rounded down, also before 1970.
  [atimeNs, mtimeNs].forEach((time, i) => {
    const nanoseconds = ((time % BILLION) + BILLION) % BILLION;
    times.writeBigInt64LE((time - nanoseconds) / BILLION, 16 * i);
    times.writeBigInt64LE(nanoseconds, 16 * i + 8);
  });
  return calls.futimens(fd, times) === 0;
}
