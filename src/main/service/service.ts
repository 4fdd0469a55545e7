import type { Library } from '../library/library.ts';
import { Selections } from '../library/selections.ts';
import { MapWork } from './map.ts';
import { ModelWork } from './models.ts';
import type { Work } from './work.ts';

/** What the routes of one library share. */
export interface Service {
  readonly library: Library;
  /** What runs; shared by all clients of the library. */
  readonly work: Work;
  readonly selections: Selections;
  readonly models: ModelWork;
  readonly maps: MapWork;
}

/** Everything that answers for a library, and what an earlier process left taken up. */
export function openService(library: Library, work: Work): Service {
  const { editing } = library;
  editing.onChange = () => work.edited(editing.revision);
  void tidyAfterWork(library, work);
  return {
    library,
    work,
    selections: new Selections(),
    models: new ModelWork(library.models),
    maps: new MapWork(library.catalogue, library.maps),
  };
}

/** What an earlier process left to do is done now, and what work leaves behind when it has ended. */
async function tidyAfterWork({ editing }: Library, work: Work): Promise<void> {
  for await (const { running } of work.watch()) if (!running) editing.indexText();
}
