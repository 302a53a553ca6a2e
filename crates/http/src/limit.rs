//! A limit by client address in front of everything that changes state. It spares the engine work
//! and replaces none of its own limits.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

/// As many networks as are told apart; beyond it all share one count until some go quiet.
const MOST: usize = 65_536;
/// Every so many requests the ones gone quiet are forgotten.
const SWEEP: u32 = 256;

type Keyed =
    RateLimiter<Network, DashMapStateStore<Network>, MonotonicClock, NoOpMiddleware<Instant>>;
type Instant = <MonotonicClock as Clock>::Instant;

/// What counts as one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Network {
    /// An IPv4 address.
    Four([u8; 4]),
    /// An IPv6 /64, which is what one subscriber gets.
    Six([u8; 8]),
    /// No address is known, or too many are.
    Rest,
}

impl Network {
    fn of(address: Option<IpAddr>) -> Self {
        match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(four)) => Self::Four(four.octets()),
            Some(IpAddr::V6(six)) => {
                let network = six.octets();
                Self::Six(network.first_chunk().copied().unwrap_or_default())
            }
            None => Self::Rest,
        }
    }
}

/// Counts submissions by client address.
pub(crate) struct AddressLimit {
    limiter: Keyed,
    since_sweep: AtomicU32,
    full: AtomicBool,
}

impl AddressLimit {
    /// `each_minute` submissions, all of them at once if need be; none if it is 0.
    pub(crate) fn new(each_minute: u32) -> Option<Self> {
        NonZeroU32::new(each_minute).map(|most| Self {
            limiter: RateLimiter::dashmap_with_clock(Quota::per_minute(most), MonotonicClock),
            since_sweep: AtomicU32::new(0),
            full: AtomicBool::new(false),
        })
    }

    /// Counts one submission, or tells how long to wait.
    pub(crate) fn admit(&self, address: Option<IpAddr>) -> Result<(), Duration> {
        self.sweep();
        let network = if self.full.load(Ordering::Relaxed) {
            Network::Rest
        } else {
            Network::of(address)
        };
        self.limiter
            .check_key(&network)
            .map_err(|until| until.wait_time_from(MonotonicClock.now()))
    }

    fn sweep(&self) {
        let count = self.since_sweep.fetch_add(1, Ordering::Relaxed);
        if count % SWEEP == SWEEP - 1 {
            self.limiter.retain_recent();
            self.full
                .store(self.limiter.len() >= MOST, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own_count() {
        let limit = AddressLimit::new(2).unwrap();
        let one = Some("203.0.113.1".parse().unwrap());
        let other = Some("203.0.113.2".parse().unwrap());
        assert!(limit.admit(one).is_ok());
        assert!(limit.admit(one).is_ok());
        let wait = limit.admit(one).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_mins(1));
        assert!(limit.admit(other).is_ok());
    }

    #[test]
    fn a_subscriber_of_ipv6_is_one_client() {
        let limit = AddressLimit::new(1).unwrap();
        assert!(limit.admit(Some("2001:db8::1".parse().unwrap())).is_ok());
        assert!(limit.admit(Some("2001:db8::2".parse().unwrap())).is_err());
        assert!(
            limit
                .admit(Some("2001:db8:0:1::1".parse().unwrap()))
                .is_ok()
        );
    }

    #[test]
    fn memory_is_bounded_whatever_comes() {
        let limit = AddressLimit::new(1).unwrap();
        let flood = u32::try_from(MOST).unwrap() + 4 * SWEEP;
        for number in 0..flood {
            let _ = limit.admit(Some(IpAddr::V4(number.into())));
        }
        let held = limit.limiter.len();
        assert!(held <= MOST + usize::try_from(SWEEP).unwrap(), "{held}");
    }

    #[test]
    fn zero_turns_it_off() {
        assert!(AddressLimit::new(0).is_none());
    }
}
