import type { WorkKind, WorkState } from '../../../src/shared/contract/index.ts';

type Running = NonNullable<WorkState['running']>;
type Last = NonNullable<WorkState['last']>;

const OFF: WorkState['listening'] = {
  state: 'off',
  tier: null,
  done: 0,
  failed: 0,
  total: 0,
  pace: null,
  secondsLeft: null,
};

/** A state of work, of what matters to the test. */
export function workState(parts: Partial<WorkState> = {}): WorkState {
  return {
    running: null,
    last: null,
    line: [],
    listening: OFF,
    listenAfterScan: false,
    revision: 0,
    edits: 0,
    ...parts,
  };
}

export function running(kind: WorkKind, parts: Partial<Running> = {}): Running {
  return { kind, done: 0, total: 0, failed: 0, startedAt: 0, stopping: false, ...parts };
}

export function ended(kind: WorkKind, parts: Partial<Last> = {}): Last {
  return { number: 1, kind, outcome: 'finished', done: 0, failed: 0, batch: null, problem: null, ...parts };
}

export function listening(state: WorkState['listening']['state']): WorkState['listening'] {
  return { ...OFF, state };
}
