import { onTestFinished } from 'vitest';
import type { ProcessHost } from '../../../src/main/host/process-host.ts';
import { Library } from '../../../src/main/library/library.ts';
import { libraryRouter } from '../../../src/main/service/router.ts';
import { Work } from '../../../src/main/service/work.ts';
import { scanned } from '../catalogue/support.ts';
import { inProcessHost } from '../scan/in-process-host.ts';

/** A library in memory with two tracks, one tagged `<img onerror>`, and what serves it. */
export async function servedLibrary(host: ProcessHost = inProcessHost()) {
  const library = await Library.open(':memory:', host);
  const work = new Work(library);
  onTestFinished(async () => {
    await work.close();
    await library.close();
  });
  const root = library.catalogue.roots.add('/music').id;
  const scan = library.catalogue.files.beginScan();
  const ids = library.catalogue.files.upsert(
    [
      scanned('/music/a.mp3', root, { title: ['<img src=x onerror=alert(1)>'], key: ['8A'] }),
      scanned('/music/b.mp3', root, { title: ['Two'], genre: ['House'] }),
    ],
    scan,
  );
  return { library, work, router: libraryRouter(library, work), ids };
}
