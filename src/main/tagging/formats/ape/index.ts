export { type ApeEditOptions, apeUnits, apeValues, planApe, planApeIn } from './edit.ts';
export { apeFormat } from './format.ts';
export { type ApeLayout, findLeading, type LeadingTag, readApeLayout } from './layout.ts';
export type { ApeItem, ApeTag } from './tag.ts';
export { findTrailers, type Trailer } from './trailers.ts';
