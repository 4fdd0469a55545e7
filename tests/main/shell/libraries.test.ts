import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { expect, it, onTestFinished, vi } from 'vitest';
import { nodeHost } from '../../../src/main/host/node-host.ts';
import { noLog } from '../../../src/main/log/log.ts';
import { AppSettings } from '../../../src/main/shell/app-settings.ts';
import { Libraries } from '../../../src/main/shell/libraries.ts';
import { connectPorts } from '../../../src/main/shell/ports.ts';
import type { Contract } from '../../../src/shared/contract/index.ts';
import { electronDouble } from './electron-double.ts';

async function opened() {
  const folder = mkdtempSync(join(tmpdir(), 'cratewise-libraries-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = { ...noLog, error: vi.fn() };
  const libraries = new Libraries(nodeHost, new AppSettings(join(folder, 'app.json'), log), log);
  onTestFinished(() => libraries.close());
  const { electron, connect } = electronDouble(folder);
  connectPorts(electron.ipcMain, (port) => libraries.connect(port));
  const client = () => {
    const port = connect();
    onTestFinished(() => port.close());
    return createORPCClient<ContractRouterClient<Contract>>(new RPCLink({ port }));
  };
  return { folder, log, libraries, connect, client };
}

it('notes what went wrong in a call, and tells the page no more than that', async () => {
  const { folder, log, libraries, client } = await opened();
  await libraries.open(join(folder, 'a.cratewise'));
  const page = client();
  await page.status();
  const broken = vi.spyOn(libraries.current!.library.catalogue.roots, 'list').mockImplementation(() => {
    throw new Error('secret of the inside');
  });
  await expect(page.status()).rejects.toThrow(/^(?!.*secret).*$/);
  broken.mockRestore();
  expect(log.error).toHaveBeenCalledExactlyOnceWith(
    'call',
    'failed',
    expect.objectContaining({ message: 'secret of the inside' }),
  );
});

it('notes no refusals: they are answers', async () => {
  const { folder, log, libraries, client } = await opened();
  await libraries.open(join(folder, 'a.cratewise'));
  await expect(client().work.scan({})).rejects.toMatchObject({ data: { code: 'no-folders' } });
  await expect(client().work.scan({ folders: 7 } as never)).rejects.toThrow();
  expect(log.error).not.toHaveBeenCalled();
});

it('closes the port of a page that comes while no library is open', async () => {
  const { connect } = await opened();
  const port = connect();
  await new Promise((resolve) => port.once('close', resolve));
});
