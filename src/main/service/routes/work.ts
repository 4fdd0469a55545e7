import { LOOKED_AT } from '../../analysis/analyse.ts';
import { typedFolder } from '../folders.ts';
import { problemPage, retryProblems } from '../problems.ts';
import { os } from '../procedures.ts';
import type { Service } from '../service.ts';

/** Answers for work that goes on, and for what went wrong with files. */
export function workRoutes({ library: { catalogue }, work, selections }: Service) {
  return os.work.router({
    watch: os.work.watch.handler(({ signal }) => work.watch(signal)),
    scan: os.work.scan.handler(({ input }) => work.scan(input.folders?.map(typedFolder))),
    analyse: os.work.analyse.handler(({ input }) => {
      if (!input) return work.analyse();
      const tracks = catalogue.tracks.ofFiles(selections.ids(input.selection));
      return work.wish({ tracks, again: input.again ?? false });
    }),
    hasten: os.work.hasten.handler(({ input }) => ({
      waiting: catalogue.queue.hasten(input.ids, LOOKED_AT),
    })),
    pause: os.work.pause.handler(() => work.pause()),
    resume: os.work.resume.handler(() => work.resume()),
    cancel: os.work.cancel.handler(() => work.cancel()),
    stop: os.work.stop.handler(() => work.stop()),
    setAfterScan: os.work.setAfterScan.handler(({ input }) => work.setListenAfterScan(input.listen)),
    problems: os.work.problems.handler(({ input }) => problemPage(catalogue, input)),
    retry: os.work.retry.handler(({ input }) => retryProblems(catalogue, work, input)),
  });
}
