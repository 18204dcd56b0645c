// The page: shows each snapshot, and handles the buttons.

import { Changes } from './changes.js';
import { Charts } from './charts.js';
import { Check } from './check.js';
import { call, Refused } from './http.js';
import { element, number, onPress, tell, write } from './page.js';
import { Sensors } from './sensors.js';
import { listen } from './stream.js';
import { isResting, isSlow, showButtons, showComparison, showCurrentValues, showStations, showVerdict } from './view.js';

const SLOWER_MILLIS = 1000;
const BATCHER = 'actuator/batchers/readings';

const sensors = new Sensors(heard);
const check = new Check(sensors);
const charts = new Charts();
const changes = new Changes();

let latest = null;
let past = [];
let checkedAt = '';
let quietSince = 0;
let afterNext = [];

// --- snapshots ---------------------------------------------------------------------------------

function onSnapshot(snapshot) {
  if (snapshot.instance !== latest?.instance) {
    onNewGateway(snapshot);
  }
  latest = snapshot;
  changes.see(snapshot);
  charts.add(snapshot, rates(snapshot));
  showStations(snapshot, sensors);
  showCurrentValues(snapshot);
  showButtons(snapshot);
  checkWhenQuiet(snapshot).catch(error => tell(`The check failed: ${error.message}.`, 'bad'));
  showVerdict(snapshot, sensors, check, quietSince);
  afterNext.splice(0).forEach(resume => resume());
}

function onNewGateway(snapshot) {
  if (latest !== null) {
    tell('The gateway was restarted; its counters start at zero.', 'warn');
    sensors.startAnew();
  }
  past = [];
  charts.forget();
  changes.startAnew();
  check.startHere().catch(error => tell(`Stored readings cannot be checked: ${error.message}.`, 'bad'));
}

function onConnection(connected) {
  const before = element('connection').textContent;
  write('connection', connected ? 'Live' : 'Connection lost', connected ? 'good' : 'bad');
  if (before === 'Connection lost' && connected) {
    tell('Reconnected.', 'good');
  } else if (before === 'Live' && !connected) {
    tell('The connection to the gateway is lost; reconnecting.', 'bad');
  }
}

function heard(event, detail) {
  switch (event) {
    case 'full':
      tell('The gateway is full and responds with 429: the sensors hold readings back and retry.', 'warn');
      break;
    case 'room':
      tell('The gateway has space again: the sensors continue.', 'good');
      break;
    default:
      tell(detail, 'bad');
  }
}

/** Items per second, over the last second. */
function rates(snapshot) {
  past = past.filter(one => one.at > snapshot.at - 1100);
  past.push(snapshot);
  const [first] = past;
  const span = (snapshot.at - first.at) / 1000;
  const per = pick => (span > 0 ? Math.round((pick(snapshot.batcher) - pick(first.batcher)) / span) : 0);
  const rate = { in: per(counts => counts.accepted), out: per(counts => counts.handled) };
  write('rate-value', `${number(rate.in)} in, ${number(rate.out)} out`);
  return rate;
}

async function checkWhenQuiet({ batcher, stored, builtInCloud }) {
  if (batcher.depth > 0 || sensors.isSending) {
    quietSince = 0;
    return;
  }
  quietSince ||= Date.now();
  const state = `${sensors.name} ${sensors.sent} ${stored}`;
  if (builtInCloud && check.isWanted && checkedAt !== state) {
    checkedAt = state;
    await check.run();
    if (sensors.sent > 0 && check.isGood) {
      tell(`Read back: all ${number(sensors.sent)} readings of this page are stored.`, 'good');
    }
  }
}

// --- the buttons --------------------------------------------------------------------------------

/** Returns the snapshot that the page shows. */
function seen() {
  if (latest === null) {
    throw new Error('no data from the gateway yet');
  }
  return latest;
}

/** Resolves when the page shows the result of an action. */
const shown = () => new Promise(resolve => afterNext.push(resolve));

const change = async condition => {
  await call('PATCH', 'cloud/condition', condition);
  await shown();
};

for (const count of [100, 10_000]) {
  element(`send-${count}`).addEventListener('click', () => sensors.send(count));
}

onPress('break', () => change({ broken: !seen().cloud.broken }));

onPress('slow', () => {
  const { cloud } = seen();
  return change({ latencyMillis: cloud.usualLatencyMillis + (isSlow(cloud) ? 0 : SLOWER_MILLIS) });
});

onPress('limit', () => change({ limited: !seen().cloud.limited }));

onPress('pause', async () => {
  await call('POST', `${BATCHER}/${seen().batcher.state === 'PAUSED' ? 'resume' : 'pause'}`);
  await shown();
});

onPress('flush', async () => {
  try {
    const { depth } = await call('POST', BATCHER);
    tell(`Flushed; ${number(depth)} pending.`, 'good');
  } catch (error) {
    if (!(error instanceof Refused)) {
      throw error;
    }
    await shown();
    const reason = error.message === 'FAILED' && isResting(seen().batcher) ? 'RESTING' : error.message;
    tell(flushFailures[reason] ?? `The flush failed: ${error.message}.`, 'warn');
  }
});

const flushFailures = {
  PAUSED: 'Flush: the batcher is paused; pending readings are delivered after Resume.',
  RESTING: 'Flush: the batcher rests as the cloud asked; pending readings are delivered after that.',
  FAILED: 'Flush: the attempt failed; the readings are kept.',
  TIMED_OUT: 'Flush: not all readings are delivered yet; delivery continues.',
};

onPress('compare', async () => {
  write('compare-note', 'Sending 100 readings one by one, and then batched ...', 'muted');
  try {
    showComparison(await call('POST', 'api/compare?readings=100'));
  } catch (error) {
    write('compare-note', 'The comparison failed.', 'bad');
    throw error;
  }
});

listen(onSnapshot, onConnection);
