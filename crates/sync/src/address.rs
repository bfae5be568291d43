//! Server addresses, as typed and as kept.
//!
//! Must hold: no password or history goes over the open network unencrypted: `http` is for this
//! computer and the local network only.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The address of a server: scheme, host, port and path, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl(Url);

/// Why a text is no address to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No address of a server.
    #[error("this is no address of a server; one looks like https://mitta.example.org")]
    Invalid,
    /// Unencrypted to somewhere that is not this computer or the local network.
    #[error(
        "http:// is not encrypted and works only on this computer and the local network; use https://"
    )]
    Insecure,
}

impl ServerUrl {
    /// Reads an address as a person types it. Without a scheme it is `https://`, but `http://` on this
    /// very computer, where a trial runs without a certificate and nobody listens in between.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn parse(typed: &str) -> Result<Self, AddressError> {
        let typed = typed.trim();
        let text = match typed.split_once("://") {
            Some(_) => typed.to_owned(),
            None => format!("https://{typed}"),
        };
        let mut url = Url::parse(&text).map_err(|_| AddressError::Invalid)?;
        if !typed.contains("://") && url.host().is_some_and(|host| is_this_computer(&host)) {
            url = Url::parse(&format!("http://{typed}")).map_err(|_| AddressError::Invalid)?;
        }
        let is_plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let host = url.host().ok_or(AddressError::Invalid)?;
        let is_local = is_local(&host);
        let is_empty = matches!(host, Host::Domain(name) if name.trim_matches('.').is_empty());
        if !is_plain || is_empty || typed.chars().any(char::is_whitespace) {
            return Err(AddressError::Invalid);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_local => {}
            "http" => return Err(AddressError::Insecure),
            _ => return Err(AddressError::Invalid),
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The address of a route, for instance `/v1/meta`.
    pub(crate) fn route(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("v1").extend(segments);
        }
        url
    }

    /// Whether both are the same scheme, host and port.
    pub(crate) fn is_origin_of(&self, other: &Url) -> bool {
        self.0.origin() == other.origin()
    }
}

impl std::fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

fn is_this_computer(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => last_label(name) == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// `local` of `living-room.local.`; of a name without dots all of it.
fn last_label(name: &str) -> String {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name.rsplit('.').next().unwrap_or_default().to_owned()
}

fn is_local(host: &Host<&str>) -> bool {
    if is_this_computer(host) {
        return true;
    }
    match host {
        // A bare `local` is a host of any network.
        Host::Domain(name) => {
            last_label(name) == "local" && name.trim_end_matches('.').contains('.')
        }
        Host::Ipv4(ip) => is_local_v4(*ip),
        Host::Ipv6(ip) => is_local_v6(*ip),
    }
}

fn is_local_v4(ip: Ipv4Addr) -> bool {
    ip.is_loopback() || ip.is_private() || ip.is_link_local()
}

fn is_local_v6(ip: Ipv6Addr) -> bool {
    if let Some(IpAddr::V4(ip)) = ip.to_ipv4_mapped().map(IpAddr::V4) {
        return is_local_v4(ip);
    }
    ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("mitta.example.org", "https://mitta.example.org")]
    #[case("  https://Mitta.Example.org/ ", "https://mitta.example.org")]
    #[case("https://mitta.example.org:443", "https://mitta.example.org")]
    #[case("mitta.example.org:8443/sit/", "https://mitta.example.org:8443/sit")]
    #[case("http://localhost:8080", "http://localhost:8080")]
    #[case("localhost:8743", "http://localhost:8743")]
    #[case("127.0.0.1:8743", "http://127.0.0.1:8743")]
    #[case("[::1]:8743", "http://[::1]:8743")]
    #[case("https://localhost", "https://localhost")]
    #[case("192.168.1.20", "https://192.168.1.20")]
    #[case("living-room.local", "https://living-room.local")]
    #[case("localhost.example.org", "https://localhost.example.org")]
    #[case("http://127.0.0.1:8080/", "http://127.0.0.1:8080")]
    #[case("http://[::1]:8080", "http://[::1]:8080")]
    #[case("http://192.168.1.20", "http://192.168.1.20")]
    #[case("http://10.0.0.7", "http://10.0.0.7")]
    #[case("http://[fd00::7]", "http://[fd00::7]")]
    #[case("http://[::ffff:192.168.1.20]", "http://[::ffff:c0a8:114]")]
    #[case("http://living-room.local", "http://living-room.local")]
    #[case("http://LIVING-ROOM.local.", "http://living-room.local.")]
    fn an_address_is_brought_to_one_form(#[case] typed: &str, #[case] kept: &str) {
        let url = ServerUrl::parse(typed).expect(typed);
        assert_eq!(url.to_string(), kept);
        assert_eq!(ServerUrl::parse(&url.to_string()), Ok(url));
    }

    #[rstest]
    #[case("http://mitta.example.org", AddressError::Insecure)]
    #[case("http://8.8.8.8", AddressError::Insecure)]
    #[case("http://127.0.0.1.example.org", AddressError::Insecure)]
    #[case("http://localhost.example.org", AddressError::Insecure)]
    #[case("http://notlocal", AddressError::Insecure)]
    #[case("http://mylocal", AddressError::Insecure)]
    #[case("http://172.32.0.1", AddressError::Insecure)]
    #[case("http://[2001:db8::1]", AddressError::Insecure)]
    #[case("http://[::ffff:8.8.8.8]", AddressError::Insecure)]
    #[case("", AddressError::Invalid)]
    #[case("   ", AddressError::Invalid)]
    #[case("https://", AddressError::Invalid)]
    #[case("https://.", AddressError::Invalid)]
    #[case("ftp://mitta.example.org", AddressError::Invalid)]
    #[case("file:///etc/passwd", AddressError::Invalid)]
    #[case("javascript:alert(1)", AddressError::Invalid)]
    #[case("https://me:secret@mitta.example.org", AddressError::Invalid)]
    #[case("https://mitta.example.org/?a=1", AddressError::Invalid)]
    #[case("https://mitta.example.org/#top", AddressError::Invalid)]
    #[case("mitta example.org", AddressError::Invalid)]
    #[case("mitta.example.org:99999", AddressError::Invalid)]
    fn what_is_no_safe_address_is_refused(#[case] typed: &str, #[case] why: AddressError) {
        assert_eq!(ServerUrl::parse(typed), Err(why));
    }

    #[rstest]
    #[case("https://a.example", "https://a.example/v1/devices/x%2Fy")]
    #[case("https://a.example/sit", "https://a.example/sit/v1/devices/x%2Fy")]
    fn a_route_stands_under_the_address(#[case] typed: &str, #[case] route: &str) {
        let url = ServerUrl::parse(typed).expect(typed);
        assert_eq!(url.route(&["devices", "x/y"]).as_str(), route);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(typed in ".{0,60}") {
            if let Ok(url) = ServerUrl::parse(&typed) {
                prop_assert_eq!(ServerUrl::parse(&url.to_string()), Ok(url));
            }
        }
    }
}
