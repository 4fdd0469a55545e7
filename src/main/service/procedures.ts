import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import { CratewiseError } from '../../shared/errors.ts';

/** What the contract's procedures are answered with; each area of it has a file in `routes/`. */
export const os = implement(contract).use(async ({ next }) => {
  try {
    return await next();
  } catch (error) {
    // Our own messages are for the user; anything else stays here, and the client hears "internal error".
    if (!(error instanceof CratewiseError)) throw error;
    const { code, message } = error;
    throw new ORPCError('REFUSED', { message, data: { code, message }, cause: error });
  }
});
