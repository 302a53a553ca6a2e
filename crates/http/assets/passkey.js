// Passkeys: asks for options, lets the browser ask the person, sends what it answered. Every sentence
// is on the page already; this only shows and hides it. Writes text only, never markup.
'use strict';

(() => {
  const box = document.querySelector('[data-passkey]');
  const keeper = document.querySelector('[data-accepted]');
  const able = typeof PublicKeyCredential === 'function' && Boolean(navigator.credentials);

  // Base64url, for browsers that lack the JSON forms of WebAuthn Level 3.
  const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
  const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const named = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));

  function creation(json) {
    if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(json);
    return { ...json, challenge: toBytes(json.challenge), user: { ...json.user, id: toBytes(json.user.id) }, excludeCredentials: named(json.excludeCredentials) };
  }

  function request(json) {
    if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(json);
    return { ...json, challenge: toBytes(json.challenge), allowCredentials: named(json.allowCredentials) };
  }

  function written(credential) {
    if (credential.toJSON) return credential.toJSON();
    const from = credential.response;
    const response = { clientDataJSON: toText(from.clientDataJSON) };
    for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
      if (from[name]) response[name] = toText(from[name]);
    }
    if (from.getTransports) response.transports = from.getTransports();
    return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response, clientExtensionResults: credential.getClientExtensionResults() };
  }

  // What the page is about has ended or needs a proof: its own address knows what comes next.
  const gone = new Set(['session_required', 'reauthentication_required', 'password_step_required']);

  async function post(path, body) {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      credentials: 'same-origin',
      redirect: 'error',
    });
    const json = await answer.json();
    if (answer.ok) return json;
    if (gone.has(json.code)) location.reload();
    throw Object.assign(new Error(json.title), { name: json.code });
  }

  // Tells browsers which passkeys are left, so that they offer no removed one (Level 3 §5.1.10).
  if (keeper && able && PublicKeyCredential.signalAllAcceptedCredentials) {
    const { accepted, rp, user } = keeper.dataset;
    const allAcceptedCredentialIds = accepted.split(' ').filter(Boolean);
    PublicKeyCredential.signalAllAcceptedCredentials({ rpId: rp, userId: user, allAcceptedCredentialIds }).catch(() => {});
  }

  if (!box) return;
  const part = (selector) => box.querySelector(selector);
  const path = box.dataset.passkey;
  const enrolling = path === '/mfa/passkeys';
  const button = part('[data-go]');
  if (!able) {
    for (const line of box.querySelectorAll('[data-unable]')) line.hidden = false;
    return;
  }

  function show(name) {
    const password = part('[data-password]');
    for (const line of box.querySelectorAll('[data-problem]')) line.hidden = true;
    for (const about of ['aria-invalid', 'aria-describedby']) password?.removeAttribute(about);
    if (!name) return;
    const line = part(`[data-problem="${CSS.escape(name)}"]`) || part('[data-problem="other"]');
    line.hidden = false;
    if (!password || (name !== 'password_required' && name !== 'invalid_credentials')) return;
    part('[data-with-password]').hidden = false;
    if (name === 'invalid_credentials') password.setAttribute('aria-invalid', 'true');
    password.setAttribute('aria-describedby', line.id);
    password.value = '';
    password.focus();
  }

  function fields(credential) {
    if (path === '/login/passkey') return { credential };
    if (enrolling) return { credential, label: part('[data-label]').value };
    const password = part('[data-password]');
    return password && password.value ? { passkey: credential, password: password.value } : { passkey: credential };
  }

  // The session has a new token, and the codes are in this one answer: they are shown in its place.
  function finish(answer) {
    if (!answer.backup_codes) return location.assign(box.dataset.next);
    for (const field of document.querySelectorAll('[name="form_token"]')) field.value = answer.form_token;
    for (const code of answer.backup_codes) {
      const line = document.createElement('li');
      line.textContent = code;
      document.getElementById('codes').append(line);
    }
    document.querySelector('[data-before]').hidden = true;
    const after = document.querySelector('[data-after]');
    after.hidden = false;
    const heading = document.querySelector('h1');
    document.title = document.title.replace(heading.textContent, after.dataset.heading);
    heading.textContent = after.dataset.heading;
    after.focus();
  }

  // One ceremony at a time: the button takes over from the suggestions in the name field.
  let running = new AbortController();

  async function ceremony(how) {
    running.abort();
    const mine = new AbortController();
    running = mine;
    const options = await post(path + '/options', {});
    const credential = enrolling
      ? await navigator.credentials.create({ publicKey: creation(options), signal: mine.signal })
      : await navigator.credentials.get({ publicKey: request(options), signal: mine.signal, ...how });
    finish(await post(path, fields(written(credential))));
  }

  // Suggestions wait as long as the page is open, their options five minutes: they begin anew before.
  let timer;
  const retried = new Set(['invalid_passkey', 'challenge_expired', 'challenge_used']);

  async function suggest() {
    clearTimeout(timer);
    if (!('autofill' in box.dataset) || !PublicKeyCredential.isConditionalMediationAvailable) return;
    if (!(await PublicKeyCredential.isConditionalMediationAvailable())) return;
    timer = setTimeout(suggest, 240000);
    try {
      await ceremony({ mediation: 'conditional' });
    } catch (error) {
      if (!retried.has(error.name)) return;
      show(error.name);
      suggest();
    }
  }

  for (const able of box.querySelectorAll('[data-able], [data-go]')) able.hidden = false;
  button.addEventListener('click', async () => {
    clearTimeout(timer);
    show();
    part('[data-waiting]').hidden = false;
    button.disabled = true;
    try {
      await ceremony({});
    } catch (error) {
      show(error.name);
      suggest();
    }
    part('[data-waiting]').hidden = true;
    button.disabled = false;
    // Being disabled, it has lost the focus of who pressed it.
    if (document.activeElement === document.body) button.focus();
  });
  suggest();
})();
