//! What a failure of the network is called.

use std::error::Error;
use std::io;

use crate::remote::RemoteError;

/// A request that got no answer.
pub(super) fn of_sending(error: &reqwest::Error) -> RemoteError {
    if let Some(reason) = certificate(error) {
        return RemoteError::Certificate(reason);
    }
    if error.is_timeout() {
        return RemoteError::Timeout;
    }
    RemoteError::Offline(causes(error))
}

/// An answer that ended in the middle.
pub(super) fn of_reading(error: &reqwest::Error) -> RemoteError {
    if error.is_timeout() {
        RemoteError::Timeout
    } else if error.is_decode() && !is_cut(error) {
        RemoteError::Garbled(causes(error))
    } else {
        RemoteError::Offline(causes(error))
    }
}

fn sources<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

fn is_cut(error: &reqwest::Error) -> bool {
    sources(error).any(|cause| {
        let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let is_gone = matches!(
            kind,
            Some(
                io::ErrorKind::UnexpectedEof
                    | io::ErrorKind::ConnectionReset
                    | io::ErrorKind::BrokenPipe
            )
        );
        is_gone || cause.to_string().contains("incomplete message")
    })
}

/// Why the server's certificate was refused, if that is what happened.
fn certificate(error: &reqwest::Error) -> Option<String> {
    match sources(error).find_map(tls)? {
        rustls::Error::InvalidCertificate(reason) => Some(reason_of(reason)),
        _ => None,
    }
}

/// An I/O error holds what it was made of, also another I/O error, but does not name it as its source.
fn tls<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(tls) = cause.downcast_ref() {
        return Some(tls);
    }
    let inner: &'a (dyn Error + 'static) = cause.downcast_ref::<io::Error>()?.get_ref()?;
    tls(inner)
}

fn reason_of(reason: &rustls::CertificateError) -> String {
    use rustls::CertificateError as E;
    match reason {
        E::UnknownIssuer => "nobody that this computer trusts has signed it".to_owned(),
        E::Expired | E::ExpiredContext { .. } => "it has expired".to_owned(),
        E::NotValidYet | E::NotValidYetContext { .. } => {
            "it is not valid yet; is this computer's clock right?".to_owned()
        }
        E::NotValidForName | E::NotValidForNameContext { .. } => {
            "it is for another address".to_owned()
        }
        E::Revoked => "it was revoked".to_owned(),
        // What most who sign their own certificate make, without knowing.
        E::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            "it has signed itself".to_owned()
        }
        other => format!("it cannot be verified: {other}"),
    }
}

/// The last cause, which says most; the address is left out, for it is known.
pub(super) fn causes(error: &reqwest::Error) -> String {
    sources(error)
        .last()
        .map_or_else(String::new, ToString::to_string)
}
