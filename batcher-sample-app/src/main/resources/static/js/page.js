// Helpers for the document.

const numbers = new Intl.NumberFormat('en');
const LINES = 8;

export const element = id => document.getElementById(id);
export const number = value => numbers.format(value);
export const seconds = millis => `${(millis / 1000).toFixed(1)} s`;

/** Writes only changed text, so that a selection is kept and a screen reader is not interrupted. */
export function write(id, text, tone) {
  const target = element(id);
  if (target.textContent !== String(text)) {
    target.textContent = text;
  }
  if (tone !== undefined && target.dataset.tone !== tone) {
    target.dataset.tone = tone;
  }
}

/** Adds an event on top of the log; a screen reader announces it. */
export function tell(text, tone = 'none') {
  const line = document.createElement('p');
  const time = document.createElement('time');
  const words = document.createElement('span');
  time.textContent = new Date().toLocaleTimeString('en-GB');
  words.textContent = text;
  line.dataset.tone = tone;
  line.append(time, words);
  const log = element('log');
  log.prepend(line);
  while (log.children.length > LINES) {
    log.lastChild.remove();
  }
}

/**
 * Runs an asynchronous action when the button is pressed. The button keeps the focus; a second press is ignored while the action runs.
 *
 * @param {() => Promise<void>} action the action; an error is shown in the log
 */
export function onPress(id, action) {
  const button = element(id);
  button.addEventListener('click', async () => {
    if (button.ariaDisabled === 'true') {
      return;
    }
    button.ariaDisabled = 'true';
    try {
      await action();
    } catch (error) {
      tell(`${button.textContent}: ${error.message}.`, 'bad');
    } finally {
      button.ariaDisabled = 'false';
    }
  });
}
