import { readFileSync } from 'node:fs';
import { arch, cpus, freemem, release, totalmem, version } from 'node:os';
import { redacted } from './redact.ts';

/** Characters of one log file that go into a report: its end is what matters. */
const MAX_LOG = 200_000;

export interface ReportParts {
  /** Of the app. */
  readonly version: string;
  /** Of what it runs on: Electron, Chromium, Node. */
  readonly runtimes: Readonly<Record<string, string | undefined>>;
  /** What is told of the library: numbers and states, no names; undefined where none is open. */
  readonly library: object | undefined;
  readonly settings: object;
  /** Log files, newest first. */
  readonly logs: readonly string[];
  readonly now?: Date;
}

/**
 * What someone attaches to a bug report, as one text that they can read before they do: versions, the machine, the
 * library in numbers, and the logs.
 */
export function problemReport(parts: ReportParts): string {
  const { library, settings, runtimes, logs } = parts;
  const gigabytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GB`;
  const [processor] = cpus();
  const facts: readonly (readonly [string, string])[] = [
    ['Cratewise', parts.version],
    ...Object.entries(runtimes).map(([name, number]) => [name, number ?? 'not there'] as const),
    ['System', `${process.platform} ${arch()} · ${release()} · ${version()}`],
    ['Processor', `${processor?.model.trim() ?? 'unknown'} × ${cpus().length}`],
    ['Memory', `${gigabytes(totalmem())}, ${gigabytes(freemem())} free`],
  ];
  const sections = [
    `Cratewise: a report for a bug report\n${(parts.now ?? new Date()).toISOString()}\n\n` +
      'It holds no tags and no sound. Folder and file names may stand in the log below: take out what nobody should see.',
    facts.map(([name, value]) => `${name.padEnd(10)} ${value}`).join('\n'),
    `Library\n${library ? JSON.stringify(library, null, 2) : 'none is open'}`,
    `Settings\n${JSON.stringify(settings, null, 2)}`,
    // Oldest first: read from top to bottom.
    ...logs.toReversed().map((file) => `Log ${redacted(file)}\n${tail(file)}`),
  ];
  return `${sections.join('\n\n')}\n`;
}

function tail(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    return text.length > MAX_LOG ? `…${text.slice(-MAX_LOG)}` : text.trimEnd();
  } catch (error) {
    return `could not be read: ${redacted(String(error))}`;
  }
}
