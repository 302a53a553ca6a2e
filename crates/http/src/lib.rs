//! Countersign's axum routers and pages.

pub mod pages;
