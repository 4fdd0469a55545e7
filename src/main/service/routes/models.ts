import { Ears } from '../ears.ts';
import { os } from '../procedures.ts';
import type { Service } from '../service.ts';

/** Answers for models that can be installed. */
export function modelsRoutes({ library, models, work }: Service) {
  const ears = new Ears(library);
  /** Another where something was installed, removed, learnt or forgotten. */
  const state = () => `${models.revision} ${work.learnt}`;
  return os.models.router({
    list: os.models.list.handler(() => models.list()),
    plan: os.models.plan.handler(({ input }) => models.plan(input.id)),
    reach: os.models.reach.handler(({ input, signal }) => models.reach(input.id, signal)),
    devices: os.models.devices.handler(() => ears.devices()),
    setDevice: os.models.setDevice.handler(({ input }) => ears.setDevice(input)),
    tiers: os.models.tiers.handler(() => ears.tiers(state())),
    due: os.models.due.handler(({ input }) => ears.due(input.tier, state())),
    setTier: os.models.setTier.handler(({ input }) => ears.setTier(input.tier, state())),
    install: os.models.install.handler(({ input }) => models.install(input.ids, input.acceptLicence)),
    stop: os.models.stop.handler(({ input }) => models.stop(input.id)),
    verify: os.models.verify.handler(({ input, signal }) => models.verify(input.id, signal)),
    remove: os.models.remove.handler(({ input }) => models.remove(input.id)),
    watch: os.models.watch.handler(({ signal }) => models.watch(signal)),
  });
}
