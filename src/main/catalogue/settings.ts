import type { Database } from './database.ts';
import type { SettingStore } from './stores.ts';

/** Names and JSON values that belong to the library: key notation, preferred predictors. */
export function settingStore(database: Database): SettingStore {
  return {
    get(name) {
      const json = database.value<string>('SELECT value FROM settings WHERE name = ?', name);
      return json === undefined ? undefined : JSON.parse(json);
    },
    set(name, value) {
      if (value === undefined) database.run('DELETE FROM settings WHERE name = ?', name);
      else
        database.run(
          'INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
          name,
          JSON.stringify(value),
        );
    },
    all() {
      // What the catalogue notes for itself (see `open.ts`) is no setting.
      const rows = database.all<{ name: string; value: string }>(
        "SELECT name, value FROM settings WHERE name NOT LIKE 'catalogue.%'",
      );
      return Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value) as unknown]));
    },
  };
}
