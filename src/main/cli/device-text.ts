import { type DeviceReport, PROVIDER_NAMES } from '../../shared/device.ts';
import type { Output } from './output.ts';
import { safeText } from './text.ts';

/** Says where large models ran, and why there: what was tried in vain is no secret. */
export function reportDevices(out: Output, devices: readonly DeviceReport[]): void {
  for (const { model, inUse } of devices) {
    if (!inUse) continue;
    const { provider, device, precision, reason } = inUse;
    out.record({ type: 'device', model, ...inUse });
    const where = provider === 'cpu' ? 'the processor' : `${device} by ${PROVIDER_NAMES[provider]}`;
    out.note(safeText(`${model} ran on ${where}, ${precision} (${reason}).`));
  }
}
