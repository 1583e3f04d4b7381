//! The one client by which the server calls others: polite, patient for a bounded time, and deaf to
//! whoever would have it call machines of its own network. Nothing calls out while a reader waits.

use crate::config::Network;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

/// How long a call takes at most, from the look-up of the name to the end of the answer.
const CALL: Duration = Duration::from_secs(8);
/// The most of an answer that is read.
pub const ANSWER_BYTES: u64 = 64 << 10;

/// A client that calls public addresses, and those private ones that the operator allows. It
/// follows no redirect: the next address would be anybody's choice.
pub fn client(allowed: &[Network]) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        // A proxy would look names up itself, and see what is not for us to see.
        .proxy(None)
        .user_agent(concat!("affiche/", env!("CARGO_PKG_VERSION")))
        .timeout_global(Some(CALL))
        .build();
    let resolver = Public {
        names: DefaultResolver::default(),
        allowed: allowed.to_vec(),
    };
    Agent::with_parts(config, DefaultConnector::default(), resolver)
}

/// A client that calls addresses which the operator wrote down, private ones included, and nobody
/// else: it follows no redirect. Each call says how long it may take.
pub fn client_of_operator() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .user_agent(concat!("affiche/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

/// Looks names up, and knows no address that is not public. It is asked for each connection, so a
/// name that leads elsewhere a moment later gains nothing.
#[derive(Debug)]
struct Public {
    names: DefaultResolver,
    allowed: Vec<Network>,
}

impl Resolver for Public {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let all = self.names.resolve(uri, config, timeout)?;
        let mut public = self.empty();
        for address in all.iter() {
            let ip = address.ip().to_canonical();
            if is_public(ip) || self.allowed.iter().any(|network| network.contains(ip)) {
                public.push(*address);
            }
        }
        if public.is_empty() {
            let refused = format!(
                "`{}` leads to a private address; `outgoing.networks` can allow it",
                uri.host().unwrap_or_default()
            );
            return Err(Error::Other(refused.into()));
        }
        Ok(public)
    }
}

/// Whether an address can be anybody's on the internet, and so none of the operator's own.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// By the IANA registry of special-purpose addresses.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        // RFC 6598: behind the operator's own provider.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240;
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is anybody's; of it, some hold IPv4 addresses or are for examples.
    let is_global = (0x2000..0x4000).contains(&first);
    let is_special = first == 0x2002
        || (first == 0x2001 && (second < 0x0200 || second == 0x0db8))
        || (first == 0x3fff && second < 0x1000);
    is_global && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_ones_own_network_are_not_public() {
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
        ] {
            let address: IpAddr = address.parse().expect("an address");
            assert!(!is_public(address), "{address}");
        }
        for address in ["93.184.215.14", "2a00:1450:4007:80e::200e", "8.8.8.8"] {
            let address: IpAddr = address.parse().expect("an address");
            assert!(is_public(address), "{address}");
        }
    }

    #[test]
    fn a_private_address_is_not_called_unless_it_is_allowed() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
            let refused = client(&[]).get(format!("http://{host}:{port}/")).call();
            let said = refused.expect_err("it is refused").to_string();
            assert!(said.contains("outgoing.networks"), "{host}: {said}");
        }
        listener.set_nonblocking(true).expect("it can be asked");
        assert!(listener.accept().is_err(), "nobody has called");
        let answering = std::thread::spawn(move || {
            use std::io::{Read as _, Write as _};
            listener.set_nonblocking(false).expect("it can wait");
            let (mut stream, _) = listener.accept().expect("a call");
            let mut request = [0_u8; 1024];
            let read = stream.read(&mut request).expect("a request");
            stream
                .write_all(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
                .expect("an answer");
            String::from_utf8_lossy(&request[..read]).to_lowercase()
        });
        let allowed = ["127.0.0.0/8".parse().expect("a network")];
        let answer = client(&allowed)
            .get(format!("http://127.0.0.1:{port}/"))
            .call();
        let status = answer.expect("it is called").status().as_u16();
        assert_eq!(status, 302, "no redirect is followed");
        let request = answering.join().expect("it answered");
        assert!(request.contains("user-agent: affiche/"), "{request}");
    }
}
