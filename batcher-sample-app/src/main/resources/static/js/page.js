// Small things about the document.

const numbers = new Intl.NumberFormat('en');
const LINES = 8;

export const element = id => document.getElementById(id);
export const number = value => numbers.format(value);
export const seconds = millis => `${(millis / 1000).toFixed(1)} s`;

/** Writes only what has changed, so that a reader who has selected or hears a text is not disturbed. */
export function write(id, text, tone) {
  const target = element(id);
  if (target.textContent !== String(text)) {
    target.textContent = text;
  }
  if (tone !== undefined && target.dataset.tone !== tone) {
    target.dataset.tone = tone;
  }
}

/** Adds a line to what happens, the newest on top; a screen reader speaks it. */
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
 * Lets a button do something that takes time. It keeps the focus meanwhile, and a second press does nothing.
 *
 * @param {() => Promise<void>} action what it does; an error is told
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
