//! The contract suite every store runs, and what the tests share.
