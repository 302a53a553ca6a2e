// Comforts that a page works without: copy, download, print, show a password, local times.
// Writes text only, never markup, so it runs under Trusted Types with no policy.
'use strict';

const all = (selector) => document.querySelectorAll(selector);

// The lines of a list, or the text of anything else.
function textOf(id) {
  const from = document.getElementById(id);
  const items = [...from.querySelectorAll('li')];
  return items.length ? items.map((item) => item.textContent).join('\n') + '\n' : from.textContent.trim();
}

// Says what was done in the status line beside the button.
function say(button) {
  const line = button.parentElement.querySelector('[data-said]');
  if (line) line.textContent = button.dataset.done;
}

function on(selector, act) {
  for (const button of all(selector)) {
    button.hidden = false;
    button.addEventListener('click', () => act(button));
  }
}

if (navigator.clipboard) {
  on('[data-copy]', async (button) => {
    const text = textOf(button.dataset.copy);
    await navigator.clipboard.writeText('strip' in button.dataset ? text.replace(/\s/g, '') : text);
    say(button);
  });
}

on('[data-download]', (button) => {
  const address = URL.createObjectURL(new Blob([textOf(button.dataset.download)], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = button.dataset.file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  say(button);
});

on('[data-print]', () => window.print());

on('[data-reveal]', (button) => {
  const field = document.getElementById(button.dataset.reveal);
  const show = field.type === 'password';
  field.type = show ? 'text' : 'password';
  button.setAttribute('aria-pressed', String(show));
});

// A password that is shown must not be kept by the browser as form text.
addEventListener('submit', () => {
  for (const button of all('[data-reveal]')) document.getElementById(button.dataset.reveal).type = 'password';
});

// Times come in UTC; show them in the reader's zone, with the same parts.
for (const time of all('time[data-local]')) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) continue;
  const parts = /^\d{1,2}:\d{2}/.test(time.textContent)
    ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
    : { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  time.title = time.textContent;
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang + '-GB', parts).format(at);
}
