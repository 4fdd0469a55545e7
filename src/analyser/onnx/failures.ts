/** What a failed run says about the device. */
export type Failure = 'out-of-memory' | 'device-lost' | 'other';

/**
 * ONNX Runtime hands the errors of drivers on as text. These are the phrases of CUDA (`cudaErrorMemoryAllocation`,
 * CUBLAS and BFC arena), Direct3D 12 (HRESULTs), Dawn (WebGPU), Metal and of C++ itself.
 */
const phrases: readonly (readonly [Failure, RegExp])[] = [
  [
    'device-lost',
    /device (was )?(lost|removed|hung|reset)|DXGI_ERROR_DEVICE_(REMOVED|HUNG|RESET)|887A000[5-7]|cudaErrorDeviceUninitialized|CUDA (failure|error) (46|100|101|700|709|719|999)\b|illegal memory access|unspecified launch failure|VK_ERROR_DEVICE_LOST/i,
  ],
  [
    'out-of-memory',
    /out of (device |host )?memory|bad_?alloc|failed to allocate|E_OUTOFMEMORY|8007000E|CUDA (failure|error) 2\b|CUBLAS_STATUS_ALLOC_FAILED|BFCArena|VK_ERROR_OUT_OF_(DEVICE|HOST)_MEMORY|exceeds the max(imum)? buffer|kIOGPUCommandBufferCallbackErrorOutOfMemory/i,
  ],
];

/** Sorts an error that a session threw. */
export function failureOf(error: unknown): Failure {
  const text = messageOf(error);
  return phrases.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other';
}

/** An error's first line, short enough for a sentence. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split('\n').find((part) => part.trim() !== '') ?? '';
  return line.length > 300 ? `${line.slice(0, 299)}…` : line.trim();
}
