//! Countersign's axum routers and pages.
