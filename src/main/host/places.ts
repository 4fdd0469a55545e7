import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds `main`, `shared` and `analyser`: `src`, or its built counterpart. */
export const sourceRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The folder that holds `migrations` and `models`. */
export const packageRoot = join(sourceRoot, '..');

export const migrationsFolder = join(packageRoot, 'migrations');
export const modelsFolder = join(packageRoot, 'models');
