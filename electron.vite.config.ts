import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const workers = globSync('src/{analyser,main}/**/worker.ts', { cwd: at('.') }).map((file) => at(`./${file}`));

/**
 * `out` mirrors `src`: one built module for each of ours. So the folders that code finds by its own place
 * (`main/host/places.ts`), and the workers that are started as files of their own, are where they are in `src`.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out',
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      sourcemap: true,
      rollupOptions: {
        // Workers are started as files: each has to be one. Whatever else is built is imported by these.
        input: [at('./src/main/index.ts'), at('./src/main/cli.ts'), ...workers],
        output: {
          format: 'es',
          preserveModules: true,
          preserveModulesRoot: at('./src'),
          entryFileNames: '[name].js',
        },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload is CommonJS and can load nothing but Electron's own module.
      externalizeDeps: false,
      rollupOptions: {
        input: at('./src/preload/index.ts'),
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('./src/renderer'),
    base: './',
    plugins: [svelte()],
    build: {
      outDir: at('./out/renderer'),
      target: 'es2024',
      // Our content security policy allows no data: URL.
      assetsInlineLimit: 0,
      rollupOptions: { input: at('./src/renderer/index.html') },
    },
  },
});
