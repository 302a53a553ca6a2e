//! What the server does by itself, every few seconds or every minute. A job that fails is logged and tried again.

use std::time::Duration;

use crate::realms::Kept;
use countersign::Countersign;
use tokio::time::{MissedTickBehavior, interval};

const EVERY: Duration = Duration::from_mins(1);

/// A realm that was added or changed is served after this at the latest.
const REALMS: Duration = Duration::from_secs(2);

/// Keeps up with the store's realms; ends when it is aborted.
pub async fn realms(mut kept: Kept) {
    let mut ticks = interval(REALMS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = kept.look().await {
            tracing::warn!(%error, "could not look for realms; those that were found are served");
        }
    }
}

/// Removes what has expired; ends when it is aborted.
pub async fn purge(mfa: Countersign) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // One call removes a bounded number of each kind; what is left must not pile up.
        loop {
            match mfa.purge().await {
                Ok(rows) => {
                    tracing::debug!(rows, "removed what had expired");
                    if rows < 1000 {
                        break;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "could not remove what has expired");
                    break;
                }
            }
        }
    }
}
