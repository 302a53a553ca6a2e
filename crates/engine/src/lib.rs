//! The multi-factor authentication engine: rules, use cases and ports; no I/O.
