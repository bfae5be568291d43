//! Everything that may come back over the line.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::sync::{Arc, OnceLock};
use std::thread;

use flate2::read::GzDecoder;
use mitta_protocol::account::{SignIn, SignedIn};
use mitta_protocol::meta::Meta;
use mitta_protocol::pull::{PullAnswer, PullQuery, Pulled};
use mitta_protocol::push::PushAnswer;
use proptest::prelude::*;
use rstest::rstest;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json as object;

use super::live::Parser;
use super::*;
use crate::remote::Remote as _;
use crate::testing::{Server, answer, json, meta, read};

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

/// The system's certificates are read once.
fn shared_client() -> Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| client().unwrap()).clone()
}

fn remote(url: &str) -> HttpRemote {
    let token = Token::new("s3cret-token".to_owned());
    HttpRemote::new(shared_client(), ServerUrl::parse(url).unwrap(), Some(token))
}

const PULL: PullQuery = PullQuery {
    share_id: None,
    after: 3,
    limit: None,
    summary: true,
};

/// What a pull makes of an answer.
fn pulled(response: Vec<u8>) -> RemoteError {
    let server = Server::new(move |_| response.clone());
    run(remote(&server.url()).pull(&PULL)).unwrap_err()
}

fn failure(status: u16, code: &str) -> Vec<u8> {
    let body = object!({"code": code, "message": "why", "retry_after_s": 7});
    json(status, &body)
}

#[rstest]
#[case(failure(401, "sign_in_needed"), RemoteError::SignInNeeded)]
#[case(failure(413, "body_too_large"), RemoteError::TooLarge)]
#[case(failure(422, "too_many_ops"), RemoteError::TooLarge)]
#[case(failure(408, "request_timeout"), RemoteError::Timeout)]
#[case(failure(429, "rate_limited"), RemoteError::RateLimited { after_s: Some(7) })]
#[case(failure(503, "unavailable"), RemoteError::Busy { after_s: Some(7) })]
#[case(failure(404, "no_such_share"), RemoteError::NoSuchShare(None))]
#[case(failure(426, "protocol_unsupported"), RemoteError::Unsupported { update_this: true })]
#[case(failure(500, "internal"), RemoteError::Refused { code: "internal".into(), message: "why".into() })]
#[case(failure(418, "from_the_future"), RemoteError::Refused { code: "from_the_future".into(), message: "why".into() })]
#[case(answer(502, "text/html", b"<html>"), RemoteError::Busy { after_s: None })]
#[case(answer(429, "text/plain", b"slow"), RemoteError::RateLimited { after_s: None })]
#[case(answer(413, "text/html", b"<html>"), RemoteError::TooLarge)]
#[case(answer(404, "text/html", b"<html>"), RemoteError::NotMitta)]
#[case(answer(500, "application/json", b"[]"), RemoteError::NotMitta)]
#[case(
    answer(200, "text/html", b"<html>Please log in</html>"),
    RemoteError::NotMitta
)]
#[case(answer(302, "text/html", b""), RemoteError::NotMitta)]
fn a_failure_is_sorted_by_what_can_be_done(#[case] response: Vec<u8>, #[case] error: RemoteError) {
    assert_eq!(pulled(response), error);
}

#[test]
fn an_answer_of_another_shape_is_garbled_and_quotes_nothing() {
    for body in [&b"{}"[..], b"{\"note\": \"private\"", b"[1]", b"\xff", b""] {
        let error = pulled(answer(200, "application/json", body));
        let RemoteError::Garbled(why) = error else {
            panic!("{error:?}");
        };
        assert!(!why.contains("private"), "{why}");
    }
}

#[test]
fn an_answer_that_is_cut_anywhere_is_no_answer() {
    let whole = json(200, &meta(1));
    for end in 0..whole.len() {
        let part = whole[..end].to_vec();
        let server = Server::new(move |_| part.clone());
        let error = run(remote(&server.url()).meta()).unwrap_err();
        assert!(
            matches!(error, RemoteError::Offline(_)),
            "cut at {end}: {error:?}"
        );
    }
}

#[test]
fn a_packed_answer_that_grows_without_end_is_not_read() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let some = vec![b' '; 1024 * 1024];
    for _ in 0..64 {
        encoder.write_all(&some).unwrap();
    }
    let body = encoder.finish().unwrap();
    let mut response = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    response.extend(body);
    assert_eq!(pulled(response), RemoteError::AnswerTooLarge);
}

#[test]
fn nobody_there_is_offline_and_silence_a_timeout() {
    // It has chosen who does the cryptography.
    shared_client();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let hasty = Client::builder().timeout(Duration::from_millis(20));
    let silent = HttpRemote::new(
        hasty.build().unwrap(),
        ServerUrl::parse(&url).unwrap(),
        None,
    );
    // Within the one runtime of a thread the request's own limit is the shorter one.
    let request = silent.request(Method::GET, &["meta"]);
    let asked = run(silent.respond(request));
    assert_eq!(asked.err(), Some(RemoteError::Timeout));
    drop(listener);
    let asked = run(remote(&url).meta());
    assert!(matches!(asked, Err(RemoteError::Offline(_))), "{asked:?}");
}

#[rstest]
#[case(include_bytes!("tests/self-signed.der"), "nobody that this computer trusts")]
#[case(include_bytes!("tests/self-signed-ca.der"), "signed itself")]
fn a_certificate_that_nobody_trusts_is_refused_and_says_why(
    #[case] cert: &'static [u8],
    #[case] expected: &str,
) {
    shared_client();
    let key = include_bytes!("tests/key.der");
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(cert)],
            PrivateKeyDer::try_from(&key[..]).unwrap(),
        );
    let config = Arc::new(config.unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let stream = listener.accept().unwrap().0;
        let connection = rustls::ServerConnection::new(config).unwrap();
        // It does not come to a request.
        assert!(read(&mut rustls::StreamOwned::new(connection, stream)).is_none());
    });
    let asked = run(remote(&url).meta());
    let Err(RemoteError::Certificate(why)) = asked else {
        panic!("{asked:?}");
    };
    assert!(why.contains(expected), "{why}");
}

#[test]
fn a_redirect_elsewhere_takes_nothing_along() {
    let other = Server::new(|_| json(200, &meta(1)));
    let location = format!("{}/v1/meta", other.url().replace("127.0.0.1", "localhost"));
    let server = Server::new(move |_| {
        format!("HTTP/1.1 307 Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
            .into_bytes()
    });
    assert_eq!(
        run(remote(&server.url()).meta()),
        Err(RemoteError::NotMitta)
    );
    assert_eq!(other.lines(), [""; 0]);
}

#[rstest]
#[case(object!({"product": "other"}), RemoteError::NotMitta)]
#[case(object!({"oldest_protocol": 2, "newest_protocol": 3}), RemoteError::Unsupported { update_this: true })]
#[case(object!({"oldest_protocol": 0, "newest_protocol": 0}), RemoteError::Unsupported { update_this: false })]
#[case(object!({"server_id": "x"}), RemoteError::NotMitta)]
fn a_server_that_does_not_fit_is_found_out(
    #[case] changes: serde_json::Value,
    #[case] error: RemoteError,
) {
    let mut said = meta(1);
    for (name, value) in changes.as_object().unwrap() {
        said[name] = value.clone();
    }
    let server = Server::new(move |_| json(200, &said));
    assert_eq!(run(remote(&server.url()).meta()), Err(error));
}

#[test]
fn a_refused_protocol_says_which_side_is_too_old() {
    let server = Server::new(|request| match request.line.as_str() {
        "GET /v1/meta" => {
            let mut said = meta(1);
            said["oldest_protocol"] = 0.into();
            said["newest_protocol"] = 0.into();
            json(200, &said)
        }
        _ => failure(426, "protocol_unsupported"),
    });
    let update_this = false;
    let error = run(remote(&server.url()).pull(&PULL)).unwrap_err();
    assert_eq!(error, RemoteError::Unsupported { update_this });
}

#[test]
fn a_push_goes_out_packed_with_version_and_token() {
    let said = object!({
        "server_id": uuid::Uuid::nil(), "epoch": "e", "server_time_ms": 5,
        "person_id": uuid::Uuid::nil(), "outcomes": [{"op_id": uuid::Uuid::nil(), "outcome": "new_here"}], "sessions": [],
        "more": "of a newer server",
    });
    let server = Server::new(move |_| json(200, &said));
    let body = format!("{{\"ops\":[{}]}}", "1,".repeat(2_000)).into_bytes();
    let answer: PushAnswer = run(remote(&server.url()).push(body.clone())).unwrap();
    assert_eq!(answer.outcomes.len(), 1);
    let requests = server.requests.lock().unwrap();
    let request = &requests[0];
    assert_eq!(request.line, "POST /v1/push");
    assert_eq!(request.header("mitta-protocol"), Some("1"));
    assert_eq!(request.header("authorization"), Some("Bearer s3cret-token"));
    assert_eq!(request.header("content-encoding"), Some("gzip"));
    assert!(request.body.len() < body.len() / 10);
    let mut decoded = Vec::new();
    std::io::Read::read_to_end(&mut GzDecoder::new(&request.body[..]), &mut decoded).unwrap();
    assert_eq!(decoded, body);
}

#[test]
fn a_pull_asks_with_its_query() {
    let server = Server::new(|_| failure(503, "unavailable"));
    let share = mitta_domain::ShareId::from_uuid(uuid::Uuid::from_u128(7));
    let query = PullQuery {
        share_id: Some(share),
        ..PULL
    };
    assert!(run(remote(&server.url()).pull(&query)).is_err());
    assert_eq!(
        server.lines(),
        ["GET /v1/pull?share_id=00000000-0000-0000-0000-000000000007&after=3&summary=true"]
    );
}

#[test]
fn no_secret_is_shown() {
    let shown = format!("{:?}", remote("https://mitta.example.org"));
    assert!(!shown.contains("s3cret"), "{shown}");
    assert!(shown.contains("mitta.example.org"), "{shown}");
}

#[test]
fn a_wrong_password_is_told_in_the_servers_words() {
    let server = Server::new(|_| failure(401, "wrong_login"));
    let sign_in = SignIn {
        login: "kei".into(),
        password: "s3cret".into(),
        device: None,
    };
    let signed_in: Result<SignedIn, _> = run(remote(&server.url()).sign_in(&sign_in));
    let error = crate::api::AccountError::from(signed_in.err().unwrap());
    assert_eq!(error.code, crate::api::AccountErrorCode::WrongLogin);
    assert_eq!(error.message, "why");
}

#[test]
fn an_export_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mitta.json");
    let whole = answer(200, "application/json", &vec![b'x'; 100_000]);
    let cut = whole[..50_000].to_vec();
    let server = Server::new(move |_| cut.clone());
    assert!(run(remote(&server.url()).export(&path)).is_err());
    assert!(!path.exists());
    let server = Server::new(move |_| whole.clone());
    assert_eq!(run(remote(&server.url()).export(&path)).unwrap(), 100_000);
    assert_eq!(fs::metadata(&path).unwrap().len(), 100_000);
    // A file that is there is left alone.
    let again = run(remote(&server.url()).export(&path));
    assert!(matches!(again, Err(ExportError::File(_))));
    assert_eq!(fs::metadata(&path).unwrap().len(), 100_000);
}

#[test]
fn the_live_stream_tells_heads_and_its_end() {
    let server = Server::new(|_| {
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n\
          : still here\n\nevent: head\r\ndata: {\"kind\":\"head\",\r\n\
          data: \"share_id\":\"00000000-0000-0000-0000-000000000007\",\"head_seq\":4}\r\n\r\n\
          event: membership\ndata:{\"kind\":\"membership\"}\n\ndata: {\"kind\":\"sitting\"}\n\n"
            .to_vec()
    });
    let told = run(async {
        let mut stream = remote(&server.url()).live().await.unwrap();
        let mut told = Vec::new();
        loop {
            match stream.next().await {
                Ok(event) => told.push(serde_json::to_string(&event).unwrap()),
                Err(error) => return (told, error),
            }
        }
    });
    let head = r#"{"kind":"head","share_id":"00000000-0000-0000-0000-000000000007","head_seq":4}"#;
    assert_eq!(told.0[..2], [head, r#"{"kind":"membership"}"#]);
    assert_eq!(told.0.len(), 3);
    assert!(matches!(told.1, RemoteError::Offline(_)));
}

#[test]
fn an_event_without_an_end_is_not_read() {
    let mut parser = Parser::default();
    parser.push(&vec![b'x'; 20_000]);
    assert!(parser.next().is_err());
    let mut parser = Parser::default();
    parser.push(&b"data: x\n".repeat(10_000));
    assert!(parser.next().is_err());
}

proptest! {
    #[test]
    fn no_bytes_make_a_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = answer::parse::<PullAnswer>(true, &bytes);
        let _ = answer::parse::<PushAnswer>(true, &bytes);
        let _ = answer::parse::<Meta>(true, &bytes);
        let mut parser = Parser::default();
        for part in bytes.chunks(7) {
            parser.push(part);
            let _ = parser.next();
        }
    }

    #[test]
    fn no_change_of_a_good_answer_makes_a_parser_panic(place in 0_usize..200, byte: u8) {
        let mut bytes = meta(1).to_string().into_bytes();
        let place = place % bytes.len();
        bytes[place] = byte;
        let _ = answer::parse::<Meta>(true, &bytes);
    }

    #[test]
    fn no_change_of_a_good_page_makes_a_parser_panic(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        digits in proptest::option::of("[0-9]{1,25}|-1|1e400|NaN|null"),
        at: prop::sample::Index,
    ) {
        let page = include_str!("../../../protocol/tests/golden/v1/pull_answer.json");
        let mut bytes = page.as_bytes().to_vec();
        if let Some(digits) = digits {
            let numbers: Vec<usize> = (1..bytes.len())
                .filter(|at| bytes[*at].is_ascii_digit() && matches!(bytes[at - 1], b':' | b' '))
                .collect();
            let at = numbers[at.index(numbers.len())];
            let count = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            bytes.splice(at..at + count, digits.bytes());
        } else {
            for (at, byte) in edits {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        let Ok(page) = answer::parse::<PullAnswer>(true, &bytes) else {
            return Ok(());
        };
        for change in page.changes {
            if let Pulled::Session { session, .. } = change.entity {
                let session = mitta_domain::Session::from(*session);
                let _ = (session.state(), session.credited_s(), session.credits_nothing());
            }
        }
    }
}
