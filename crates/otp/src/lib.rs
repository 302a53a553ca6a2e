//! HOTP and TOTP (RFC 4226, RFC 6238), base32, otpauth URIs and QR codes; no I/O.
