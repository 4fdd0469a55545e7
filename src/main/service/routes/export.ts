import { Exports } from '../exports.ts';
import { os } from '../procedures.ts';
import type { Service } from '../service.ts';

/** Answers for files of tracks. */
export function exportRoutes(service: Service) {
  const exports = new Exports(service);
  return os.export.router({
    open: os.export.open.handler(({ input }) => exports.open(input)),
    read: os.export.read.handler(({ input }) => exports.read(input.ticket)),
    close: os.export.close.handler(({ input }) => exports.close(input.ticket)),
  });
}
