import { runCli } from './cli/main.ts';

let isGone = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  // Whoever read our output has left (`| head`): as with Ctrl-C, the file in hand is finished.
  if (!isGone) process.emit('SIGTERM');
  isGone = true;
});

process.exitCode = await runCli(process.argv.slice(2), process.stdout, process.stderr);
