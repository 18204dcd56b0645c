// Shows a snapshot.

import { element, number, seconds, tell, write } from './page.js';
import { SENSORS } from './sensors.js';

/** The time after which the page reports missing readings. */
const PATIENCE_MILLIS = 5000;

export const isSlow = cloud => cloud.latencyMillis > cloud.usualLatencyMillis;

export const isResting = batcher => batcher.restingForMs !== null;

export function showStations({ batcher, lanes, cloud, current, store, stored, builtInCloud }, sensors) {
  write('sensors', number(SENSORS));
  write('sent', number(sensors.sent));
  write('held', number(sensors.held));
  write('told-to-wait', number(sensors.toldToWait));
  write('sender-state', sensors.waits ? 'Backing off' : sensors.isSending ? 'Sending' : 'Quiet',
    sensors.waits ? 'warn' : sensors.isSending ? 'good' : 'muted');

  const full = batcher.depth / batcher.capacity;
  const trouble = current.attempt > 1 || (current.attempt === 1 && current.retryInMillis !== null);
  write('depth', number(batcher.depth));
  write('where', store === 'memory' ? 'in memory' : store === 'file' ? 'on disk' : 'in the store');
  write('capacity', capacity(batcher));
  write('attempt', attempt(current));
  write('failed', number(batcher.failedAttempts));
  showLanes(lanes);
  write('rest', isResting(batcher) ? `${seconds(batcher.restingForMs)} left` : 'none');
  write('batcher-state', words(batcher, trouble), batcher.state !== 'RUNNING' || isResting(batcher) || trouble ? 'warn' : 'good');
  element('fill').style.width = `${100 * full}%`;
  element('fill').dataset.tone = full > 0.95 ? 'bad' : full > 0.5 ? 'warn' : 'none';

  const slow = isSlow(cloud);
  write('stored', builtInCloud ? number(stored) : 'n/a');
  write('accepted', number(batcher.accepted));
  write('calls', number(batcher.batches));
  write('missing', builtInCloud ? number(Math.max(0, batcher.handled - stored)) : 'unknown');
  write('throttled', number(batcher.throttled));
  write('cloud-state', !builtInCloud ? 'External' : cloud.broken ? 'Broken' : cloud.limited ? 'Limited' : slow ? 'Slow' : 'Working',
    !builtInCloud ? 'muted' : cloud.broken ? 'bad' : cloud.limited || slow ? 'warn' : 'good');
}

/** One light per lane; the text beside them says the same. */
function showLanes({ busy, total }) {
  write('lanes', `${number(busy)} of ${number(total)}`);
  const lights = element('lane-lights');
  if (lights.children.length !== total) {
    lights.replaceChildren(...Array.from({ length: total }, () => document.createElement('span')));
  }
  [...lights.children].forEach((light, i) => { light.dataset.on = i < busy; });
}

function words(batcher, trouble) {
  const { state } = batcher;
  if (state !== 'RUNNING') {
    return state[0] + state.slice(1).toLowerCase();
  }
  return isResting(batcher) ? 'Resting' : trouble ? 'Retrying' : 'Running';
}

// A batcher on Kafka has no limit.
const capacity = ({ capacity: most }) => (most === 2 ** 31 - 1 ? 'unlimited' : number(most));

function attempt({ attempt: count, retryInMillis }) {
  if (count === 0) {
    return 'none';
  }
  return retryInMillis === null ? `${count}, running` : `${count}, next in ${seconds(retryInMillis)}`;
}

export function showCurrentValues({ batcher, flushes }) {
  write('depth-value', `${number(batcher.depth)} of ${capacity(batcher)}`);
  const last = flushes.at(-1);
  if (last) {
    write('size-value', `${number(last.size)}, ${outcome(last)}`);
    write('time-value', `${number(last.tookMillis)} ms`);
  }
}

const outcome = ({ outcome: end, attempt: count }) =>
  ({ HANDLED: 'delivered', FAILED: `failed, attempt ${count}`, THROTTLED: 'asked to wait' })[end];

export function showButtons({ batcher, cloud, builtInCloud }) {
  showSwitch('break', cloud.broken, 'Repair the cloud', 'Break the cloud');
  showSwitch('slow', isSlow(cloud), 'Full speed', 'Slow it down');
  showSwitch('limit', cloud.limited, 'Lift the limit', 'Limit its rate');
  showSwitch('pause', batcher.state === 'PAUSED', 'Resume', 'Pause');
  element('break').hidden = !builtInCloud;
  element('slow').hidden = !builtInCloud;
  element('limit').hidden = !builtInCloud;
}

function showSwitch(id, on, off, usual) {
  write(id, on ? off : usual);
  element(id).dataset.on = on;
}

export function showVerdict({ batcher, cloud, builtInCloud }, sensors, check, quietSince) {
  const sent = number(sensors.sent);
  const waiting = `${number(batcher.depth)} pending in the gateway`
    + (sensors.held > 0 ? `, ${number(sensors.held)} in the sensors` : '');
  if (batcher.depth > 0 || sensors.held > 0) {
    const what = cloud.broken ? 'The cloud is broken; nothing is lost' : batcher.state === 'PAUSED' ? 'Paused'
      : isResting(batcher) ? 'The cloud asks to wait; nothing is lost' : 'In delivery';
    write('verdict', `${what}: ${waiting}.`, 'warn');
  } else if (sensors.sent === 0) {
    write('verdict', 'Nothing sent by this page yet. Press a button.', 'muted');
  } else if (!builtInCloud) {
    write('verdict', `All ${sent} sent by this page are delivered.`, 'good');
  } else if (check.isGood) {
    write('verdict', `${sent} sent by this page, ${sent} stored: each sensor in order, none missing, none twice.`, 'good');
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
