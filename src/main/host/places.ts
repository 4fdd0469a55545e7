import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds `main`, `shared` and `analyser`: `src`, or its built counterpart. */
export const sourceRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The folder that holds `migrations` and `models`. */
export const packageRoot = join(sourceRoot, '..');

/** Packed by Electron, data lies beside the archive: ONNX Runtime can't read what is inside. */
const dataRoot = packageRoot.endsWith('.asar') ? dirname(packageRoot) : packageRoot;

export const migrationsFolder = join(dataRoot, 'migrations');
export const modelsFolder = join(dataRoot, 'models');

/** The built user interface: `npm run build` makes it. */
export const rendererFolder = join(packageRoot, 'out', 'renderer');
