import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Provider } from '../../shared/device.ts';

/** A piece of hardware that a provider would use. */
export interface Device {
  /** As the system names it. */
  readonly name: string;
  /** Version of the driver where it is known: another driver has to prove itself anew. */
  readonly driver: string;
  /** Bytes of memory that are free now; undefined where the system does not say. */
  readonly freeBytes?: number;
}

const run = promisify(execFile);
/** The programs asked here answer in a fraction of a second, or are stuck with a broken driver. */
const TIMEOUT_MS = 5000;

async function printed(program: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(program, args, {
      timeout: TIMEOUT_MS,
      windowsHide: true,
      maxBuffer: 2 ** 20,
    });
    return stdout;
  } catch {
    return '';
  }
}

/** The processor. */
export function processor(): Device {
  const name = cpus()[0]?.model.trim();
  return { name: name || process.arch, driver: '', freeBytes: totalmem() };
}

/** The device that a provider would take (always the first), or undefined where the system shows none. */
export function deviceOf(provider: Provider): Promise<Device | undefined> {
  if (provider === 'cpu') return Promise.resolve(processor());
  if (provider === 'cuda') return nvidia();
  if (process.platform === 'win32') return windowsGraphics();
  if (process.platform === 'darwin') return appleGraphics();
  return linuxGraphics();
}

async function nvidia(): Promise<Device | undefined> {
  const query = '--query-gpu=name,driver_version,memory.free';
  return parseNvidia(await printed('nvidia-smi', [query, '--format=csv,noheader,nounits']));
}

/** The first line of nvidia-smi's CSV: name, driver, MiB free. */
export function parseNvidia(csv: string): Device | undefined {
  const [name, driver, free] = csv
    .split('\n')[0]!
    .split(',')
    .map((field) => field.trim());
  if (!name || !driver) return undefined;
  const mebibytes = Number(free);
  return mebibytes > 0 ? { name, driver, freeBytes: mebibytes * 2 ** 20 } : { name, driver };
}

async function windowsGraphics(): Promise<Device | undefined> {
  const command =
    'Get-CimInstance Win32_VideoController | Select-Object Name,DriverVersion | ConvertTo-Json -Compress';
  return parseWindows(
    await printed('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command]),
  );
}

/** What PowerShell prints: one object, or a list. */
export function parseWindows(json: string): Device | undefined {
  const [first] = [parse(json)].flat() as { Name?: unknown; DriverVersion?: unknown }[];
  if (typeof first?.Name !== 'string') return undefined;
  return { name: first.Name, driver: typeof first.DriverVersion === 'string' ? first.DriverVersion : '' };
}

async function appleGraphics(): Promise<Device | undefined> {
  return parseApple(await printed('system_profiler', ['SPDisplaysDataType', '-json']));
}

/** What system_profiler prints. Apple's drivers come with the system. */
export function parseApple(json: string): Device | undefined {
  const found = parse(json) as { SPDisplaysDataType?: { sppci_model?: unknown }[] } | undefined;
  const name = found?.SPDisplaysDataType?.[0]?.sppci_model;
  return typeof name === 'string' ? { name, driver: release() } : undefined;
}

/**
 * The first graphics card that the kernel shows. Vulkan may also run on the processor (Mesa's lavapipe), which no
 * system folder tells: that is what the last answer stands for.
 */
async function linuxGraphics(): Promise<Device | undefined> {
  const folder = '/sys/class/drm';
  const cards = (await readdir(folder).catch(() => [])).filter((name) => /^card\d+$/.test(name)).sort();
  for (const card of cards) {
    const text = await readFile(join(folder, card, 'device', 'uevent'), 'utf8').catch(() => '');
    const device = parseUevent(text);
    if (device) return device;
  }
  return { name: 'Vulkan device', driver: '' };
}

/** `DRIVER=amdgpu`, `PCI_ID=1002:73BF`. */
export function parseUevent(text: string): Device | undefined {
  const driver = /^DRIVER=(\S+)$/m.exec(text)?.[1];
  const id = /^PCI_ID=(\S+)$/m.exec(text)?.[1];
  return driver ? { name: `${driver} ${id ?? ''}`.trim(), driver: '' } : undefined;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
