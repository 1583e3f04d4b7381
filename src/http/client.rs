//! Who asks, as far as turns are concerned: an address, or what stands for one.

use crate::config::Network;
use axum::http::HeaderMap;
use axum::http::header::FORWARDED;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The other end of a connection, as an extension of its requests.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// A client: those who share one take their turns together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Client(IpAddr);

impl Client {
    /// Everybody whose address is not known.
    pub const UNKNOWN: Self = Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED));

    /// The client behind a connection. What is said of those before it is believed of the
    /// operator's own `proxies` alone, and only the last address that is not one of them: what
    /// stands before it, anyone can write.
    pub fn of(peer: Option<Peer>, headers: &HeaderMap, proxies: &[Network]) -> Self {
        let Some(Peer(peer)) = peer else {
            return Self::UNKNOWN;
        };
        let is_proxy = |address: IpAddr| proxies.iter().any(|proxy| proxy.contains(address));
        let mut client = plain(peer.ip());
        if is_proxy(client) {
            for hop in hops(headers).into_iter().rev() {
                // One that is no address ends what can be known.
                let Some(hop) = hop else { break };
                client = hop;
                if !is_proxy(hop) {
                    break;
                }
            }
        }
        Self(shared(client))
    }
}

/// The addresses that proxies noted, in the order in which they were passed; `None` for what is
/// none. RFC 7239 §4, or the older header where there is none of it.
fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let values = |name: &str| {
        let values = headers.get_all(name).iter();
        values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let forwarded = values(FORWARDED.as_str());
    if forwarded.is_empty() {
        return values("x-forwarded-for")
            .iter()
            .map(|hop| address(hop))
            .collect();
    }
    let node = |element: &String| {
        element.split(';').find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            if name.trim().eq_ignore_ascii_case("for") {
                address(value)
            } else {
                None
            }
        })
    };
    forwarded.iter().map(node).collect()
}

/// An address, with or without quotes, brackets and a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let address = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0.parse().ok(),
        None => text.parse().ok().or_else(|| {
            let socket: SocketAddr = text.parse().ok()?;
            Some(socket.ip())
        }),
    };
    address.map(plain)
}

/// An IPv4 address that came as an IPv6 one, as itself.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// A network of 2^64 addresses is one household's.
fn shared(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let bits = u128::from(address) >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from(bits))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let proxies = ["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let peer = Peer(SocketAddr::new(peer.parse().unwrap(), 4711));
        Client::of(Some(peer), &map, &proxies).0.to_string()
    }

    #[test]
    fn a_client_is_its_address_and_a_network_of_the_newer_kind_is_one_client() {
        assert_eq!(client("192.0.2.7", &[]), "192.0.2.7");
        assert_eq!(client("::ffff:192.0.2.7", &[]), "192.0.2.7");
        assert_eq!(client("2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::");
    }

    #[test]
    fn what_a_client_says_of_itself_is_not_believed() {
        let said = [("x-forwarded-for", "203.0.113.9")];
        assert_eq!(client("192.0.2.7", &said), "192.0.2.7");
        let said = [("forwarded", "for=203.0.113.9")];
        assert_eq!(client("192.0.2.7", &said), "192.0.2.7");
    }

    #[test]
    fn what_the_operators_proxy_says_of_the_last_hop_is() {
        for headers in [
            vec![("x-forwarded-for", "198.51.100.1, 203.0.113.9")],
            vec![
                ("x-forwarded-for", "198.51.100.1"),
                ("x-forwarded-for", "203.0.113.9, 10.1.1.1"),
            ],
            vec![(
                "forwarded",
                "for=198.51.100.1, for=\"203.0.113.9:80\";proto=https",
            )],
        ] {
            assert_eq!(client("10.2.3.4", &headers), "203.0.113.9", "{headers:?}");
            assert_eq!(client("::1", &headers), "203.0.113.9", "{headers:?}");
        }
        let newer = [("forwarded", "For=\"[2001:db8:1:2:3::6]:4711\"")];
        assert_eq!(client("10.2.3.4", &newer), "2001:db8:1:2::");
        let none = [("x-forwarded-for", "unknown")];
        assert_eq!(client("10.2.3.4", &none), "10.2.3.4");
    }
}
