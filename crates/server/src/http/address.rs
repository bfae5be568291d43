//! Whose address a request came from.
//!
//! Must hold: a header is believed only from a proxy that the one who runs the server named, and
//! of its list only the last address that no such proxy wrote.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;

use crate::AppState;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Who asks, as far as the network tells; in the extensions of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress {
    /// The client.
    pub client: IpAddr,
    /// The one on the other end of the connection: the client, or a proxy.
    pub peer: IpAddr,
    /// Whether a proxy, trusted or not, says that it stands between.
    pub forwarded: bool,
}

impl ClientAddress {
    /// What is counted together: an IPv4 address, or the /64 that one customer is given.
    pub fn counted_as(&self) -> IpAddr {
        match self.client {
            IpAddr::V4(_) => self.client,
            IpAddr::V6(v6) => {
                let network = u128::from(v6) & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from(network))
            }
        }
    }
}

/// Adds the [`ClientAddress`].
pub(super) async fn resolve(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |it| it.0.ip());
    let address = of(peer, request.headers(), &state.limits.trusted_proxies);
    request.extensions_mut().insert(address);
    next.run(request).await
}

fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> ClientAddress {
    let peer = peer.to_canonical();
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let forwarded = headers.contains_key(FORWARDED_FOR) || headers.contains_key("forwarded");
    let mut client = peer;
    let lines = headers.get_all(FORWARDED_FOR).iter();
    let written: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
    // From the right: each proxy appends who spoke to it.
    for entry in written.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !is_trusted(&client) {
            break;
        }
        let Some(address) = parsed(entry.trim()) else {
            break;
        };
        client = address;
    }
    ClientAddress {
        client,
        peer,
        forwarded,
    }
}

fn parsed(entry: &str) -> Option<IpAddr> {
    let with_port = || entry.parse::<SocketAddr>().map(|address| address.ip());
    let address = entry.parse::<IpAddr>().or_else(|_| with_port()).ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nobody_is_trusted("9.9.9.9", &["1.1.1.1"], "", "9.9.9.9")]
    #[case::a_stranger_forges("9.9.9.9", &["1.1.1.1"], "10.0.0.0/8", "9.9.9.9")]
    #[case::one_proxy("10.0.0.1", &["1.1.1.1"], "10.0.0.0/8", "1.1.1.1")]
    #[case::behind_it_somebody_forges("10.0.0.1", &["6.6.6.6, 1.1.1.1"], "10.0.0.0/8", "1.1.1.1")]
    #[case::two_proxies("10.0.0.1", &["6.6.6.6, 1.1.1.1, 10.0.0.2"], "10.0.0.0/8", "1.1.1.1")]
    #[case::two_lines("10.0.0.1", &["6.6.6.6", "1.1.1.1"], "10.0.0.0/8", "1.1.1.1")]
    #[case::no_header("10.0.0.1", &[], "10.0.0.0/8", "10.0.0.1")]
    #[case::no_address("10.0.0.1", &["1.1.1.1, garbage"], "10.0.0.0/8", "10.0.0.1")]
    #[case::with_a_port("10.0.0.1", &["1.1.1.1:4711"], "10.0.0.0/8", "1.1.1.1")]
    #[case::mapped("::ffff:10.0.0.1", &["::ffff:1.1.1.1"], "10.0.0.0/8", "1.1.1.1")]
    fn a_forwarded_address_is_believed_from_a_named_proxy_alone(
        #[case] peer: &str,
        #[case] written: &[&str],
        #[case] trusted: &str,
        #[case] client: &str,
    ) {
        let mut headers = HeaderMap::new();
        for line in written {
            let value = HeaderValue::from_str(line).expect("a header");
            headers.append(FORWARDED_FOR, value);
        }
        let trusted: Vec<IpNet> = trusted.parse().into_iter().collect();
        let found = of(peer.parse().expect("an address"), &headers, &trusted);
        assert_eq!(found.client.to_string(), client);
        assert_eq!(found.forwarded, !written.is_empty());
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_count_as_one() {
        let as_counted = |text: &str| {
            let client: IpAddr = text.parse().expect("an address");
            let address = ClientAddress {
                client,
                peer: client,
                forwarded: false,
            };
            address.counted_as().to_string()
        };
        assert_eq!(as_counted("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(as_counted("192.0.2.7"), "192.0.2.7");
    }

    proptest! {
        #[test]
        fn no_header_breaks_the_reader_and_none_is_believed_from_a_stranger(
            lines in proptest::collection::vec(
                prop_oneof![
                    "[ -~]{0,60}".prop_map(String::into_bytes),
                    "(([0-9]{1,3}[.]){3}[0-9]{1,3}|::ffff:10[.]0[.]0[.]1|\\[::1\\]:80|, ?|unknown|\"){0,8}"
                        .prop_map(String::into_bytes),
                    proptest::collection::vec(any::<u8>(), 0..40),
                ],
                0..4,
            )
        ) {
            let mut headers = HeaderMap::new();
            for line in lines {
                if let Ok(value) = HeaderValue::from_bytes(&line) {
                    headers.append(FORWARDED_FOR, value);
                }
            }
            let peer: IpAddr = "9.9.9.9".parse().expect("an address");
            let everybody: IpNet = "0.0.0.0/0".parse().expect("a network");
            of(peer, &headers, &[everybody]).counted_as();
            prop_assert_eq!(of(peer, &headers, &[]).client, peer);
        }
    }
}
