// Shows a snapshot.

import { element, number, seconds, tell, write } from './page.js';

/** The time after which the page reports missing readings. */
const PATIENCE_MILLIS = 5000;

export const isSlow = cloud => cloud.latencyMillis > cloud.usualLatencyMillis;

export function showStations({ batcher, cloud, current, stored, builtInCloud }, sensor) {
  write('sent', number(sensor.sent));
  write('held', number(sensor.held));
  write('told-to-wait', number(sensor.toldToWait));
  write('sender-state', sensor.waits ? 'Backing off' : sensor.isSending ? 'Sending' : 'Quiet',
    sensor.waits ? 'warn' : sensor.isSending ? 'good' : 'muted');

  const full = batcher.depth / batcher.capacity;
  const trouble = current.attempt > 1 || (current.attempt === 1 && current.retryInMillis !== null);
  write('depth', number(batcher.depth));
  write('capacity', number(batcher.capacity));
  write('attempt', attempt(current));
  write('failed', number(batcher.failedAttempts));
  write('batcher-state', words(batcher.state, trouble), batcher.state !== 'RUNNING' || trouble ? 'warn' : 'good');
  element('fill').style.width = `${100 * full}%`;
  element('fill').dataset.tone = full > 0.95 ? 'bad' : full > 0.5 ? 'warn' : 'none';

  const slow = isSlow(cloud);
  write('stored', builtInCloud ? number(stored) : 'n/a');
  write('accepted', number(batcher.accepted));
  write('calls', number(batcher.batches));
  write('missing', builtInCloud ? number(Math.max(0, batcher.handled - stored)) : 'unknown');
  write('cloud-state', !builtInCloud ? 'External' : cloud.broken ? 'Broken' : slow ? 'Slow' : 'Working',
    !builtInCloud ? 'muted' : cloud.broken ? 'bad' : slow ? 'warn' : 'good');
}

const words = (state, trouble) =>
  (state === 'RUNNING' && trouble ? 'Retrying' : state[0] + state.slice(1).toLowerCase());

function attempt({ attempt: count, retryInMillis }) {
  if (count === 0) {
    return 'none';
  }
  return retryInMillis === null ? `${count}, running` : `${count}, next in ${seconds(retryInMillis)}`;
}

export function showCurrentValues({ batcher, flushes }) {
  write('depth-value', `${number(batcher.depth)} of ${number(batcher.capacity)}`);
  const last = flushes.at(-1);
  if (last) {
    const outcome = last.handled ? 'delivered' : `failed, attempt ${last.attempt}`;
    write('size-value', `${number(last.size)}, ${outcome}`);
    write('time-value', `${number(last.tookMillis)} ms`);
  }
}

export function showButtons({ batcher, cloud, builtInCloud }) {
  showSwitch('break', cloud.broken, 'Repair the cloud', 'Break the cloud');
  showSwitch('slow', isSlow(cloud), 'Full speed', 'Slow it down');
  showSwitch('pause', batcher.state === 'PAUSED', 'Resume', 'Pause');
  element('break').hidden = !builtInCloud;
  element('slow').hidden = !builtInCloud;
}

function showSwitch(id, on, off, usual) {
  write(id, on ? off : usual);
  element(id).dataset.on = on;
}

export function showVerdict({ batcher, cloud, builtInCloud }, sensor, check, quietSince) {
  const sent = number(sensor.sent);
  const waiting = `${number(batcher.depth)} pending in the gateway`
    + (sensor.held > 0 ? `, ${number(sensor.held)} in the sensors` : '');
  if (batcher.depth > 0 || sensor.held > 0) {
    const what = cloud.broken ? 'The cloud is broken; nothing is lost' : batcher.state === 'PAUSED' ? 'Paused' : 'In delivery';
    write('verdict', `${what}: ${waiting}.`, 'warn');
  } else if (sensor.sent === 0) {
    write('verdict', 'Nothing sent by this page yet. Press a button.', 'muted');
  } else if (!builtInCloud) {
    write('verdict', `All ${sent} sent by this page are delivered.`, 'good');
  } else if (check.isGood) {
    write('verdict', `${sent} sent by this page, ${sent} stored: in order, none missing, none twice.`, 'good');
  } else if (Date.now() - quietSince > PATIENCE_MILLIS) {
    write('verdict', `${sent} sent by this page, ${number(check.found)} stored, ${number(check.wrong)} out of order.`, 'bad');
  }
}

export function showComparison({ readings, oneByOne, batched }) {
  const slowest = Math.max(oneByOne.millis, batched.millis);
  for (const [name, run] of [['single', oneByOne], ['batched', batched]]) {
    write(`${name}-calls`, number(run.calls));
    write(`${name}-time`, `${number(run.millis)} ms`);
    element(`${name}-bar`).style.width = `${(100 * run.millis) / slowest}%`;
  }
  element('result').hidden = false;
  const gain = (oneByOne.millis / batched.millis).toFixed(1);
  write('compare-note', `${number(readings)} readings: batched is ${gain} times as fast.`, 'good');
  tell(`Comparison: ${number(oneByOne.calls)} calls took ${seconds(oneByOne.millis)}, `
    + `${number(batched.calls)} took ${seconds(batched.millis)}.`, 'good');
}
