import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What opens a file as if it was clicked; undefined where nobody would see it. */
export function openerCommand(
  file: string,
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
): { readonly program: string; readonly args: readonly string[] } | undefined {
  // The screen is another computer's, or nobody's.
  if (environment.SSH_CONNECTION || environment.CI) return undefined;
  if (platform === 'darwin') return { program: 'open', args: [file] };
  // No shell: `start` would read `&` and `%` in a path as its own.
  if (platform === 'win32') return { program: 'rundll32.exe', args: ['url.dll,FileProtocolHandler', file] };
  if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY) return undefined;
  return { program: 'xdg-open', args: [file] };
}

/** A page that leads on to an address. */
export function leadingPage(url: string): string {
  const address = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return (
    '<!doctype html>\n<meta charset="utf-8">\n<meta name="referrer" content="no-referrer">\n' +
    `<meta http-equiv="refresh" content="0; url=${address}">\n<title>Cratewise</title>\n` +
    `<a href="${address}">Cratewise</a>\n`
  );
}

/** An address that was handed to the browser. */
export interface Opened {
  /** Takes the way to it away. */
  forget(): void;
}

/**
 * Opens an address with a secret in the browser. The secret is on no command line, which every user of the computer
 * could read: the browser is given a file that only its user can read, and that leads on.
 * @param onProblem called when nothing could be opened; the address is printed anyway
 * @returns undefined where there is no screen to open it on
 */
export function openBrowser(
  url: string,
  onProblem: (reason: string) => void,
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
): Opened | undefined {
  if (!openerCommand('', platform, environment)) return undefined;
  let folder: string | undefined;
  const forget = () => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  };
  try {
    // Made for this user alone (0700).
    folder = mkdtempSync(join(environment.XDG_RUNTIME_DIR || tmpdir(), 'cratewise-'));
    const file = join(folder, 'open.html');
    writeFileSync(file, leadingPage(url), { mode: 0o600 });
    const { program, args } = openerCommand(file, platform, environment)!;
    const child = spawn(program, [...args], { stdio: 'ignore', detached: true, env: environment });
    child.on('error', (error) => onProblem(error.message));
    child.on('exit', (code) => {
      if (code !== 0) onProblem(`${program} ended with ${code}`);
    });
    child.unref();
    return { forget };
  } catch (error) {
    forget();
    onProblem(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
