//! Countersign's stores.
