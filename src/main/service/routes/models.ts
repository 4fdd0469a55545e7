import { os } from '../procedures.ts';
import type { Service } from '../service.ts';

/** Answers for models that can be installed. */
export function modelsRoutes({ models }: Service) {
  return os.models.router({
    list: os.models.list.handler(() => models.list()),
    plan: os.models.plan.handler(({ input }) => models.plan(input.id)),
    install: os.models.install.handler(({ input }) => models.install(input.ids, input.acceptLicence)),
    stop: os.models.stop.handler(({ input }) => models.stop(input.id)),
    verify: os.models.verify.handler(({ input, signal }) => models.verify(input.id, signal)),
    remove: os.models.remove.handler(({ input }) => models.remove(input.id)),
    watch: os.models.watch.handler(({ signal }) => models.watch(signal)),
  });
}
