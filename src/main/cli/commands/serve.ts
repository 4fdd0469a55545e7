import { rendererFolder } from '../../host/places.ts';
import type { Command } from '../command.ts';
import { describeFatal } from '../output.ts';
import { safeText } from '../text.ts';

export const serve: Command = {
  name: 'serve',
  synopsis: '',
  summary: 'Show the library in a browser on this computer',
  details:
    'Serves the user interface on 127.0.0.1 and prints the address, which holds a secret that is new each time: only ' +
    'who has the whole address gets at the library. Nothing is reachable from other computers. Ctrl-C ends it.',
  options: {
    open: { type: 'boolean', help: 'open it in the browser, where there is a screen' },
    port: { type: 'string', value: '<n>', help: 'port to listen on (default: any that is free)' },
  },
  async run(context) {
    const { args, out, signal } = context;
    const port = args.integer('port', 0, 65_535);
    // Loaded only now: no other command should wait for what only a server needs.
    const [{ RendererFiles }, { serve: startServer }, { libraryRouter }, { Work }, { openBrowser }] =
      await Promise.all([
        import('../../host/serve/renderer-files.ts'),
        import('../../host/serve/server.ts'),
        import('../../service/router.ts'),
        import('../../service/work.ts'),
        import('../../host/serve/open-browser.ts'),
      ]);
    const files = RendererFiles.open(rendererFolder);
    const library = await context.library();
    // Its processes start while the browser does.
    library.reader.start();
    const work = new Work(library);
    const server = await startServer({
      router: libraryRouter(library, work),
      media: library.media,
      files,
      ...(port === undefined ? {} : { port }),
      onError: (error) => out.note(describeFatal(error)),
    });
    let opened: ReturnType<typeof openBrowser>;
    try {
      out.record({ type: 'serving', url: server.url, library: library.catalogue.file });
      out.line(`Library  ${safeText(library.catalogue.file)}`);
      out.line(`Open     ${server.url}`);
      out.note('Ctrl-C ends it.');
      if (args.flag('open'))
        opened = openBrowser(server.url, (reason) =>
          out.note(`The browser was not opened (${safeText(reason)}): open the address yourself.`),
        );
      work.restore();
      await aborted(signal);
    } finally {
      opened?.forget();
      await work.close();
      await server.close();
    }
  },
};

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
