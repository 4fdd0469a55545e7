/** ONNX Runtime's execution providers that we try, best first; `cpu` is always there. */
export const PROVIDERS = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;

export type Provider = (typeof PROVIDERS)[number];

/** Names for people. */
export const PROVIDER_NAMES: Readonly<Record<Provider, string>> = {
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'Core ML',
  webgpu: 'WebGPU',
  cpu: 'processor',
};
