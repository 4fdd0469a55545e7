import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PreparedWindow } from '../prepared-window.ts';
import { constantQOf } from '../representations/chroma/analysis.ts';
import { keyInput } from './input.ts';
import { type KeyManifest, parseKeyManifest } from './manifest.ts';
import { KeyNet } from './net.ts';

/** Name under which a window keeps its logits. */
const MEMO = 'builtin-key:logits';

/** The key net that we ship. */
export interface BuiltinKeyNet {
  readonly manifest: KeyManifest;
  /** 24 logits of a window, computed once, in the order of `KEY_LABELS`. Reads samples at 22,050 Hz. */
  logits(window: PreparedWindow): Promise<Float64Array>;
}

/**
 * @returns nothing where the file is not there
 * @throws KeyModelError where it is damaged
 */
export async function openBuiltinKeyNet(modelsFolder: string): Promise<BuiltinKeyNet | undefined> {
  const file = join(modelsFolder, 'builtin-key.json');
  if (!existsSync(file)) return undefined;
  const manifest = parseKeyManifest(await readFile(file, 'utf8'));
  return {
    manifest,
    logits: (window) =>
      window.memo(MEMO, async () => {
        const input = keyInput(constantQOf(window));
        return (await loadOnce(join(modelsFolder, manifest.model))).logits(input);
      }),
  };
}

/** Loaded when it is first needed, since asking what there is should not cost an inference session; and once. */
const nets = new Map<string, Promise<KeyNet>>();

function loadOnce(file: string): Promise<KeyNet> {
  let net = nets.get(file);
  if (!net) {
    net = KeyNet.load(file);
    nets.set(file, net);
  }
  return net;
}
