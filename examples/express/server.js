// An Express application with its own users, passwords and sessions. The second step is Countersign's.

import express from 'express';
import session from 'express-session';

import { Refused, countersign } from './countersign.js';
import * as users from './users.js';

const MINUTE = 60_000;
const PENDING = 10 * MINUTE; // in which the second step must follow the first
const FRESH = 5 * MINUTE; // after a sign-in, in which authenticators may be changed

const { SECRET_KEY, PORT = '3000', PLAIN_HTTP } = process.env;
if (!SECRET_KEY) throw new Error('SECRET_KEY is missing: openssl rand -hex 32');

const app = express();
app.disable('x-powered-by');
app.use((request, response, next) => {
  response.set({
    'Content-Security-Policy': "default-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  });
  next();
});
app.use(express.static(new URL('public', import.meta.url).pathname));
app.use(express.json({ limit: '64kb' }));
// The store in memory is Express' own, for one process: give it one that lasts.
app.use(session({
  secret: SECRET_KEY,
  name: 'session',
  resave: false,
  saveUninitialized: false,
  cookie: { httpOnly: true, sameSite: 'lax', secure: PLAIN_HTTP !== '1', maxAge: 24 * 60 * MINUTE },
}));
// Only JSON changes anything, and no form of another site can send that.
app.use((request, response, next) => {
  if (request.method === 'POST' && !request.is('application/json')) throw new Refused(415, 'unsupported_media_type');
  next();
});

/** The body's fields of these names, all of them texts. */
function texts(request, ...names) {
  const values = names.map((name) => request.body?.[name]);
  if (!values.every((value) => typeof value === 'string')) throw new Refused(400, 'invalid_fields');
  return values;
}

/** The user of this session. A pending login is nobody. */
function signedIn(request, { fresh = false } = {}) {
  const { name, openedAt } = request.session;
  const user = name && users.find(name);
  if (!user || openedAt < user.validFrom) throw new Refused(401, 'not_signed_in');
  if (fresh && openedAt < Date.now() - FRESH) throw new Refused(401, 'reauthentication_required');
  return user;
}

/** Whose password was right in this browser a short while ago. */
function pending(request) {
  const { pending: name, pendingUntil } = request.session;
  const user = pendingUntil > Date.now() && users.find(name);
  if (!user) throw new Refused(400, 'password_step_required');
  return user;
}

/** A session with these contents and a new id; what the browser had before is gone. */
function renew(request, contents) {
  return new Promise((done, failed) => {
    request.session.regenerate((error) => {
      if (error) return failed(error);
      Object.assign(request.session, contents);
      return done();
    });
  });
}

const open = (request, user, proof) => renew(request, { name: user.name, openedAt: Date.now(), proof });

app.post('/register', async (request, response) => {
  const [name, password] = texts(request, 'username', 'password');
  if (!/^[^:\p{C}]{1,64}$/u.test(name) || password.length < 15 || password.length > 128) {
    throw new Refused(422, 'invalid_fields');
  }
  if (!await users.register(name, password)) throw new Refused(409, 'name_taken');
  response.status(201).json({ status: 'registered' });
});

app.get('/me', (request, response) => {
  const { name } = signedIn(request);
  response.json({ name });
});

app.post('/logout', (request, response, next) => {
  request.session.destroy((error) => (error ? next(error) : response.json({ status: 'logged out' })));
});

app.post('/login', async (request, response) => {
  const [name, password] = texts(request, 'username', 'password');
  const user = await users.authenticate(name, password);
  if (!user) throw new Refused(401, 'invalid_credentials');
  const { enrolled, methods } = await countersign('GET', user.id, '', 200);
  if (enrolled !== false) {
    await renew(request, { pending: user.name, pendingUntil: Date.now() + PENDING });
    return response.json({ requires_mfa: true, methods });
  }
  await open(request, user);
  return response.json({ status: 'logged in' });
});

// The second step: a code, a backup code, or a passkey that answers a challenge.

app.post('/login/mfa/options', async (request, response) => {
  const challenge = await countersign('POST', pending(request).id, '/challenges', 201, {});
  request.session.challenge = challenge.id;
  response.json({ methods: challenge.methods, public_key: challenge.public_key });
});

app.post('/login/mfa', async (request, response) => {
  const user = pending(request);
  const verified = await countersign('POST', user.id, '/verify', 200, {
    ...presented(request),
    context: { ip: request.ip, user_agent: request.get('user-agent') },
  });
  await open(request, user, verified.verification_id);
  response.json({ status: 'logged in' });
});

function presented(request) {
  const { credential, backup_code: backupCode } = request.body ?? {};
  if (credential) return { challenge_id: request.session.challenge ?? '', credential };
  if (backupCode) return { backup_code: texts(request, 'backup_code')[0] };
  return { code: texts(request, 'code')[0] };
}

// Enrolling: who has an authenticator needs the proof of the sign-in to add another. It works once.

async function begin(request, question) {
  const user = signedIn(request, { fresh: true });
  const { proof } = request.session;
  const begun = await countersign('POST', user.id, '/authenticators', 201, {
    ...question, account_name: user.name, proof,
  });
  request.session.enrolling = begun.id;
  delete request.session.proof;
  return begun;
}

async function confirm(request, answer) {
  const user = signedIn(request);
  const { enrolling } = request.session;
  if (!enrolling) throw new Refused(400, 'no_pending_setup');
  const confirmed = await countersign('POST', user.id, `/authenticators/${enrolling}/confirm`, 200, answer);
  users.endSessions(user);
  await open(request, user);
  return { status: 'MFA enabled', backup_codes: confirmed.backup_codes ?? [] };
}

app.post('/mfa/setup', async (request, response) => {
  const { secret, uri, qr_data_uri } = await begin(request, { type: 'totp' });
  response.status(201).json({ secret, uri, qr_data_uri });
});

app.post('/mfa/confirm', async (request, response) => {
  const [code] = texts(request, 'code');
  response.json(await confirm(request, { code }));
});

app.post('/mfa/passkeys/options', async (request, response) => {
  const { public_key } = await begin(request, { type: 'passkey' });
  response.status(201).json({ public_key });
});

app.post('/mfa/passkeys', async (request, response) => {
  if (typeof request.body?.credential !== 'object') throw new Refused(400, 'invalid_fields');
  response.json(await confirm(request, { credential: request.body.credential }));
});

app.use((request, response) => response.status(404).json({ error: 'not_found' }));

app.use((error, request, response, _next) => {
  if (error instanceof Refused) return response.status(error.status).json({ error: error.code, ...error.more });
  const status = error.status >= 400 && error.status < 500 ? error.status : 500;
  if (status === 500) console.error(error);
  return response.status(status).json({ error: status === 500 ? 'internal' : 'malformed_body' });
});

app.listen(Number(PORT), '127.0.0.1', () => console.log(`http://localhost:${PORT}`));
