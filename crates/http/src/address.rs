//! Whose address a request counts under. A forwarded one is believed only from a trusted proxy.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// Whether the peer is a configured proxy.
pub(crate) fn is_trusted(peer: IpAddr, trusted: &[IpNet]) -> bool {
    let peer = peer.to_canonical();
    trusted.iter().any(|net| net.contains(&peer))
}

/// The client's address: the peer's, or, if the peer is a trusted proxy, the rightmost entry of
/// `X-Forwarded-For` that is not one. What stands further left was written by anybody.
pub(crate) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let trusts = |address: IpAddr| is_trusted(address, trusted);
    let mut client = peer.to_canonical();
    if !trusts(client) {
        return client;
    }
    let lines: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .map(|line| line.to_str().unwrap_or(""))
        .collect();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Some(address) = parse(hop.trim()) else {
            break;
        };
        client = address;
        if !trusts(client) {
            break;
        }
    }
    client
}

/// An address, with a port or brackets or without.
fn parse(hop: &str) -> Option<IpAddr> {
    hop.parse::<IpAddr>()
        .or_else(|_| hop.parse::<std::net::SocketAddr>().map(|with| with.ip()))
        .ok()
        .or_else(|| hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok())
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn judged(peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_str(line).unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_forged_header_from_a_stranger_changes_nothing() {
        assert_eq!(judged("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(judged("::ffff:203.0.113.9", &["10.0.0.1"]), "203.0.113.9");
    }

    #[test]
    fn the_rightmost_untrusted_hop_counts() {
        assert_eq!(
            judged("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"]),
            "198.51.100.1"
        );
        assert_eq!(
            judged("10.0.0.1", &["1.1.1.1", "198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(judged("fd00::1", &["[2001:db8::1]:443"]), "2001:db8::1");
    }

    #[test]
    fn nonsense_stops_at_the_last_good_hop() {
        assert_eq!(judged("10.0.0.1", &["1.1.1.1, unknown"]), "10.0.0.1");
        assert_eq!(judged("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(
            judged("10.0.0.1", &["1.1.1.1, nonsense, 10.0.0.2"]),
            "10.0.0.2"
        );
    }
}
