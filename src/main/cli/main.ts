import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CratewiseError } from '../../shared/errors.ts';
import { openCatalogue } from '../catalogue/index.ts';
import { defaultLibraryFile } from '../data-folder.ts';
import { nodeHost } from '../host/node-host.ts';
import { packageRoot } from '../host/places.ts';
import { Library } from '../library/library.ts';
import { settingsOf } from '../library/settings.ts';
import type { Command, CommandContext, LibraryReader } from './command.ts';
import { commands } from './commands/index.ts';
import { describeOptions, GLOBAL_OPTIONS, parseArguments } from './options.ts';
import { describeFatal, Output, type OutputStream } from './output.ts';
import { plural, safeText } from './text.ts';
import { UsageError } from './usage-error.ts';

/** What the process ends with; documented in docs/cli.md. */
export const EXIT = { ok: 0, someFailed: 1, usage: 2, interrupted: 130 } as const;

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  return (manifest as { version: string }).version;
}

function overview(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    'cratewise: listens to your music, predicts genre and key, and writes tags without harming a file.',
    '',
    'Usage: cratewise <command> [options]',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'Options of every command:',
    describeOptions(GLOBAL_OPTIONS),
    '',
    `The library is ${defaultLibraryFile()} unless --library names another.`,
    'Try: cratewise autotag ~/Music',
  ].join('\n');
}

function explain(command: Command): string {
  return [
    `Usage: cratewise ${command.name} ${command.synopsis}`,
    '',
    command.summary,
    ...(command.details ? ['', command.details] : []),
    '',
    'Options:',
    describeOptions({ ...command.options, ...GLOBAL_OPTIONS }),
  ].join('\n');
}

/**
 * Runs one command line.
 * @param argv what follows the program's name
 * @returns the exit code: 0 all well, 1 some files failed or the command could not be carried out, 2 usage, 130 stopped by Ctrl-C
 */
export async function runCli(
  argv: readonly string[],
  stdout: OutputStream,
  stderr: OutputStream,
): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const topic = commands.find((command) => command.name === rest[0]);
    stdout.write(`${topic ? explain(topic) : overview()}\n`);
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === '--version' || name === 'version') {
    stdout.write(`${version()}\n`);
    return EXIT.ok;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) {
    stderr.write(`There is no command “${safeText(name)}”. “cratewise help” lists them.\n`);
    return EXIT.usage;
  }
  try {
    return await runCommand(command, rest, stdout, stderr);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    stderr.write(`${safeText(error.message)}\n“cratewise help ${command.name}” explains it.\n`);
    return EXIT.usage;
  }
}

async function runCommand(
  command: Command,
  argv: readonly string[],
  stdout: OutputStream,
  stderr: OutputStream,
): Promise<number> {
  const args = parseArguments(argv, command.options);
  if (args.flag('help')) {
    stdout.write(`${explain(command)}\n`);
    return EXIT.ok;
  }
  const out = new Output(stdout, stderr, { json: args.flag('json'), quiet: args.flag('quiet') });
  const interruption = new AbortController();
  const interrupt = () => {
    // The second Ctrl-C means it: what is half done is finished or rolled back at the next start.
    if (interruption.signal.aborted) process.exit(EXIT.interrupted);
    interruption.abort();
    out.note('Stopping after the files in hand. (Ctrl-C again stops at once.)');
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  const file = args.text('library') ?? defaultLibraryFile();
  let library: Library | undefined;
  let reader: LibraryReader | undefined;
  const context: CommandContext = {
    args,
    out,
    signal: interruption.signal,
    library: async () => {
      if (library) return library;
      library = await Library.open(file, nodeHost);
      const { done, failed, unreachable } = library.recovered;
      if (done + failed > 0) {
        out.note(
          `A run that was cut off had begun ${plural(done + failed, 'write')}: ${done} found complete, ${failed} not done; no file was harmed.`,
        );
      }
      if (unreachable > 0) {
        out.note(
          `${plural(unreachable, 'write')} of a run that was cut off can’t be checked: the drive is not there.`,
        );
      }
      return library;
    },
    reader: () => {
      if (reader) return reader;
      const catalogue = openCatalogue(file, { access: 'read' });
      reader = { catalogue, settings: settingsOf(catalogue) };
      return reader;
    },
  };
  let fatal = false;
  try {
    await command.run(context);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // Work that was called off ends with `closed`; anything else went wrong, Ctrl-C or not.
    const calledOff = error instanceof CratewiseError && error.code === 'closed';
    if (!(interruption.signal.aborted && calledOff)) {
      fatal = true;
      const code = error instanceof CratewiseError ? error.code : 'unexpected';
      out.record({ type: 'fatal', code, message: describeFatal(error) });
      out.note(`✗ ${describeFatal(error)}`);
    }
  } finally {
    out.progress.clear();
    for (const signal of signals) process.off(signal, interrupt);
    reader?.catalogue.close();
    await library?.close();
  }
  if (interruption.signal.aborted) return EXIT.interrupted;
  if (out.failures.length > 0 && !out.json) out.note(`${plural(out.failures.length, 'failure')}; see above.`);
  return fatal || out.failures.length > 0 ? EXIT.someFailed : EXIT.ok;
}
