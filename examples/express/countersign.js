// Asks Countersign about a user. Whatever is no clear answer throws: the caller lets nobody in.

const AT = process.env.COUNTERSIGN_AT ?? 'http://localhost:8080/v1';
const KEY = process.env.COUNTERSIGN_KEY;
if (!KEY) throw new Error('COUNTERSIGN_KEY is missing: countersign api-key create shop --scope verify,enroll');

// What a person can do something about. Any other refusal is the operator's to mend.
const TOLD = new Set([
  'invalid_code', 'malformed_code', 'code_already_used', 'throttled', 'codes_suspended', 'backup_codes_void',
  'invalid_passkey', 'challenge_expired', 'challenge_used', 'credential_taken', 'authenticator_not_allowed',
  'proof_required', 'no_pending_setup', 'not_found', 'conflict', 'too_many_authenticators', 'invalid_fields',
]);

/** A refusal that is shown: `status` and `code`. */
export class Refused extends Error {
  constructor(status, code, more = {}) {
    super(code);
    Object.assign(this, { status, code, more });
  }
}

/** What Countersign tells of `/users/{user}{path}`, if its status is `wanted`. */
export async function countersign(method, user, path, wanted, question) {
  let status;
  let told;
  try {
    const answer = await fetch(`${AT}/users/${encodeURIComponent(user)}${path}`, {
      method,
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
      body: question && JSON.stringify(question),
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    status = answer.status;
    told = await answer.json();
  } catch (error) {
    console.error(`Countersign does not answer: ${error.cause?.code ?? error.name}`);
    throw new Refused(503, 'second_step_unavailable');
  }
  if (status === wanted) return told;
  if (!TOLD.has(told?.code)) {
    console.error(`Countersign: ${status} ${told?.code}, request ${told?.request_id}`);
    throw new Refused(503, 'second_step_unavailable');
  }
  throw new Refused(status, told.code, told.retry_at && { retry_at: told.retry_at });
}
