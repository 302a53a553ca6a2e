// The application's own users: names and passwords, in one file. Yours are in your database.

import { randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const FILE = process.env.USERS ?? 'users.json';
const users = new Map(existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : []);
const hash = (password, salt) => promisify(scrypt)(password, salt, 32, { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 });

function save() {
  writeFileSync(`${FILE}.new`, JSON.stringify([...users]), { mode: 0o600 });
  renameSync(`${FILE}.new`, FILE);
}

/** Adds a user, or answers false where the name is taken. */
export async function register(name, password) {
  const salt = randomBytes(16);
  const hashed = await hash(password, salt);
  if (users.has(name)) return false;
  users.set(name, { id: randomUUID(), name, salt: salt.toString('hex'), hash: hashed.toString('hex'), validFrom: 0 });
  save();
  return true;
}

/** The user whose password this is. An unknown name costs the same work. */
export async function authenticate(name, password) {
  const user = users.get(name);
  const hashed = await hash(password, Buffer.from(user?.salt ?? '00'.repeat(16), 'hex'));
  const same = timingSafeEqual(hashed, Buffer.from(user?.hash ?? '00'.repeat(32), 'hex'));
  return user && same ? user : undefined;
}

export const find = (name) => users.get(name);

/** From now on, only sessions that are opened later count. */
export function endSessions(user) {
  user.validFrom = Date.now();
  save();
}
