// The page: it shows what the server says, and lets the browser's passkeys answer.

const part = (id) => document.getElementById(id);

function show(name, text) {
  for (const id of ['entrance', 'step', 'account']) part(id).hidden = id !== name;
  part('said').textContent = text;
}

async function post(path, body = {}) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  return told;
}

/** Runs what somebody asked for, and tells them what went wrong. */
const on = (id, event, work) => part(id).addEventListener(event, async (happened) => {
  happened.preventDefault();
  try {
    await work(happened);
  } catch (error) {
    part('said').textContent = `That did not work: ${error.message}`;
  }
});

const filled = (form) => Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));

function enabled({ backup_codes: codes }) {
  part('app').hidden = true;
  part('codes').hidden = codes.length === 0;
  part('codes').querySelector('span').textContent = codes.join(' ');
  part('said').textContent = 'The second step is on.';
}

on('entrance', 'submit', async ({ submitter, target }) => {
  const fields = filled(target);
  if (submitter.value === 'register') await post('/register', fields);
  const told = await post('/login', fields);
  if (told.requires_mfa) show('step', 'Now the second step.');
  else show('account', `Hello, ${fields.username}.`);
});

on('step', 'submit', async ({ target }) => {
  await post('/login/mfa', filled(target));
  target.reset();
  show('account', 'Hello again.');
});

on('by-passkey', 'click', async () => {
  const { public_key: options } = await post('/login/mfa/options');
  if (!options) throw new Error('there is no passkey');
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey });
  await post('/login/mfa', { credential: credential.toJSON() });
  show('account', 'Hello again, by passkey.');
});

on('add-passkey', 'click', async () => {
  const { public_key: options } = await post('/mfa/passkeys/options');
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await navigator.credentials.create({ publicKey });
  enabled(await post('/mfa/passkeys', { credential: credential.toJSON() }));
});

on('add-app', 'click', async () => {
  const { secret, qr_data_uri: picture } = await post('/mfa/setup');
  part('secret').textContent = secret;
  part('picture').src = picture;
  part('app').hidden = false;
});

on('app', 'submit', async ({ target }) => enabled(await post('/mfa/confirm', filled(target))));

on('leave', 'click', async () => {
  await post('/logout');
  part('codes').hidden = true;
  show('entrance', 'Signed out.');
});
