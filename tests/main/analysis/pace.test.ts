import { expect, it } from 'vitest';
import { Pace } from '../../../src/main/analysis/pace.ts';

const clock = () => {
  const time = { ms: 0 };
  return { time, pace: new Pace(() => time.ms) };
};

it('tells tracks a minute, sound a second, and the time left', () => {
  const { time, pace } = clock();
  expect(pace.now).toBeNull();
  for (let i = 0; i < 10; i++) {
    time.ms += 500;
    pace.add(90);
  }
  expect(pace.now!.tracksPerMinute).toBeCloseTo(120);
  expect(pace.now!.timesRealTime).toBeCloseTo(180);
  expect(pace.secondsFor(60)).toBeCloseTo(30);
});

it('says nothing before there is something to go by', () => {
  const { time, pace } = clock();
  time.ms = 100;
  pace.add(90);
  expect(pace.now).toBeNull();
  expect(pace.secondsFor(5)).toBeNull();
});

it('follows a change, and slows down where nothing comes', () => {
  const { time, pace } = clock();
  for (let i = 0; i < 300; i++) {
    time.ms += 1000;
    pace.add(30);
  }
  for (let i = 0; i < 40; i++) {
    time.ms += 3000;
    pace.add(30);
  }
  expect(pace.now!.tracksPerMinute).toBeCloseTo(20);
  time.ms += 600_000;
  expect(pace.now!.tracksPerMinute).toBeLessThan(3);
});

it('goes by the last few where each takes minutes', () => {
  const { time, pace } = clock();
  for (let i = 0; i < 8; i++) {
    time.ms += 120_000;
    pace.add(30);
  }
  expect(pace.now!.tracksPerMinute).toBeCloseTo(0.5);
});
