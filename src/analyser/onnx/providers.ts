import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { listSupportedBackends } from 'onnxruntime-node';
import { PROVIDERS, type Provider } from '../../shared/device.ts';

/** A provider that this ONNX Runtime was built with, and why it can't be used here, if so. */
export interface ProviderPresence {
  readonly provider: Exclude<Provider, 'cpu'>;
  /** A reason to leave it out without trying. */
  readonly missing?: string;
}

/** What ONNX Runtime says of itself, and whether a library lies beside it. */
export interface RuntimeFacts {
  readonly backends: readonly { readonly name: string; readonly bundled: boolean }[];
  hasLibrary(fileName: string): boolean;
}

/**
 * The providers beside the processor that this build of ONNX Runtime knows, best first. CUDA is known to the builds
 * for Linux and Windows but its library is a download of its own: without that it is reported as missing.
 */
export function presentProviders(facts: RuntimeFacts = runtimeFacts()): ProviderPresence[] {
  const known = new Map(facts.backends.map(({ name, bundled }) => [name, bundled]));
  return PROVIDERS.flatMap((provider): ProviderPresence[] => {
    const bundled = known.get(provider);
    if (provider === 'cpu' || bundled === undefined) return [];
    if (bundled || facts.hasLibrary(cudaLibrary)) return [{ provider }];
    return [{ provider, missing: `ONNX Runtime’s library for it (${cudaLibrary}) is not installed` }];
  });
}

const cudaLibrary =
  process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so';

function runtimeFacts(): RuntimeFacts {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node');
  const folder = join(dirname(entry), '..', 'bin', 'napi-v6', process.platform, process.arch);
  return { backends: listSupportedBackends(), hasLibrary: (name) => existsSync(join(folder, name)) };
}
