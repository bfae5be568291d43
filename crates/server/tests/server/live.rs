//! Live streams over HTTP: told at the start and at each change, to those who may know, and no longer
//! than their token counts.

use std::time::Duration;

use http_body_util::{BodyExt as _, Empty};
use hyper::Request;
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use mitta_domain::ShareId;
use mitta_server::http;
use serde_json::json;
use tokio::net::TcpStream;

use crate::harness::{NOW, TestServer, database, serve_args, server_url};
use crate::people::{PASSWORD, Somebody, ask};
use crate::world::{World, date, deleted, op, sat, secret, sharing};

/// A stream that is open.
struct Stream {
    body: Incoming,
    read: String,
}

impl Stream {
    async fn open(world: &World, n: u8) -> Self {
        Self::of(&world.server, &secret(n).shown).await
    }

    /// Of whom this token is.
    async fn of(server: &TestServer, token: &str) -> Self {
        Self::with(server, ("authorization", &format!("Bearer {token}"))).await
    }

    /// Of whom this header names.
    async fn with(server: &TestServer, (name, value): (&str, &str)) -> Self {
        let request = Request::get("/v1/live")
            .header("host", "mitta.test")
            .header("mitta-protocol", "1")
            .header("accept-encoding", "gzip")
            .header(name, value)
            .body(Empty::<Bytes>::new())
            .expect("a request");
        let stream = TcpStream::connect(server.address())
            .await
            .expect("connects");
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.expect("shakes hands");
        tokio::spawn(connection);
        let response = sender.send_request(request).await.expect("is answered");
        let (head, body) = response.into_parts();
        assert_eq!(head.status.as_u16(), 200);
        assert_eq!(head.headers["content-type"], "text/event-stream");
        assert!(!head.headers.contains_key("content-encoding"));
        assert_eq!(head.headers["cache-control"], "no-store");
        let read = String::new();
        Self { body, read }
    }

    /// The next event but `now` as (name, share, head); `None` where the stream ended.
    async fn next(&mut self) -> Option<(String, Option<ShareId>, u64)> {
        loop {
            let event = self.any().await?;
            if event.0 != "now" {
                return Some(event);
            }
        }
    }

    /// Waits until it was told that something else goes on.
    async fn hears_now(&mut self) {
        while self.any().await.expect("an event").0 != "now" {}
    }

    /// The next event, whatever it is.
    async fn any(&mut self) -> Option<(String, Option<ShareId>, u64)> {
        let event = loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.read = rest;
                if !event.starts_with(':') {
                    break event;
                }
                continue;
            }
            let frame = tokio::time::timeout(Duration::from_secs(20), self.body.frame());
            let frame = frame.await.expect("something within twenty seconds")?;
            let data = frame.expect("a frame").into_data().expect("data");
            self.read
                .push_str(std::str::from_utf8(&data).expect("text"));
        };
        let (name, data) = event.split_once('\n').expect("two lines");
        let data = data.strip_prefix("data: ").expect("data");
        let json: serde_json::Value = serde_json::from_str(data).expect("JSON");
        let share_id = json["share_id"]
            .as_str()
            .map(|id| id.parse().expect("an id"));
        let head = json["head_seq"].as_u64().unwrap_or_default();
        Some((
            name.strip_prefix("event: ").expect("a name").to_owned(),
            share_id,
            head,
        ))
    }

    /// The next `N` events, sorted.
    async fn take<const N: usize>(&mut self) -> [(String, Option<ShareId>, u64); N] {
        let mut events = Vec::new();
        for _ in 0..N {
            events.push(self.next().await.expect("an event"));
        }
        events.sort();
        events.try_into().expect("as many")
    }
}

fn head(share_id: ShareId, seq: u64) -> (String, Option<ShareId>, u64) {
    ("head".to_owned(), Some(share_id), seq)
}

#[tokio::test]
async fn partners_and_own_devices_are_told_where_feeds_are_and_strangers_nothing() {
    let world = World::new().await;
    let (me, partner, stranger) = (
        world.person(1).await,
        world.person(2).await,
        world.person(3).await,
    );
    let shares = world.partnership(1, &[me, partner], date(0)).await;
    world.push(me, &[op(1, 1, sat(60))]).await;
    let mut mine = Stream::open(&world, 1).await;
    let mut theirs = Stream::open(&world, 2).await;
    let mut strange = Stream::open(&world, 3).await;
    let own = ShareId::own;
    assert_eq!(
        mine.take().await,
        [head(own(me), 1), head(shares[0], 1), head(shares[1], 0)]
    );
    assert_eq!(
        theirs.take().await,
        [
            head(own(partner), 0),
            head(shares[0], 1),
            head(shares[1], 0)
        ]
    );
    assert_eq!(strange.take().await, [head(own(stranger), 0)]);

    // A private sit moves the own feed alone.
    world
        .push(me, &[op(2, 2, sharing(false, false)), op(3, 2, sat(60))])
        .await;
    assert_eq!(mine.take().await, [head(own(me), 2)]);
    world.push(me, &[op(4, 1, deleted(true))]).await;
    assert_eq!(mine.take().await, [head(own(me), 3), head(shares[0], 2)]);
    assert_eq!(
        theirs.take().await,
        [head(shares[0], 2)],
        "nothing came before it"
    );

    // What another server did is seen at the next look.
    world
        .sql(&format!(
            "UPDATE mitta.feeds SET head_seq = 9 WHERE share_id = '{stranger}'"
        ))
        .await;
    assert_eq!(strange.take().await, [head(own(stranger), 9)]);

    world
        .sql(&format!(
            "UPDATE mitta.memberships SET left_at_ms = 5 WHERE person_id = '{partner}'"
        ))
        .await;
    let membership = || [("membership".to_owned(), None, 0)];
    assert_eq!(theirs.take().await, membership());
    assert_eq!(mine.take().await, membership());

    // A past partner is told nothing more: only what the other does next, and that is their own.
    world.push(me, &[op(5, 3, sat(60))]).await;
    assert_eq!(mine.take().await, [head(own(me), 4), head(shares[0], 3)]);
    world.push(partner, &[op(6, 4, sat(60))]).await;
    assert_eq!(theirs.take().await, [head(own(partner), 1)]);
}

/// A server whose streams are told nothing but at once: it does not look by itself again.
async fn at_once_or_never() -> TestServer {
    let database = database().await;
    let mut args = serve_args(&server_url(&database), &[]);
    args.limits.live_every = Duration::from_hours(1);
    let mut server = TestServer::over(&args, http::routes()).await;
    server.database = Some(database);
    server
}

#[tokio::test]
async fn who_joins_and_who_is_left_is_told_at_once_and_who_is_not_confirmed_or_gone_nothing() {
    let server = at_once_or_never().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let own = |it: &Somebody<'_>| ShareId::from_uuid(it.person_id);
    let us = ada.partnership("2026-11-01").await;
    let (invite, code) = ada.invites(&us, "link").await;
    bea.accepts(&code, "2026-11-01").await.is(200);
    let mut of_ada = Stream::of(&server, &ada.token).await;
    let mut of_bea = Stream::of(&server, &bea.token).await;
    let of_partnership = of_ada.take::<2>().await;
    assert!(of_partnership.contains(&head(own(&ada), 0)));
    // Invited and not confirmed: nothing of what the other does, until it is.
    assert_eq!(of_bea.take().await, [head(own(&bea), 0)]);
    ada.sits(1, "2026-11-12", 10).await;
    assert_eq!(of_ada.take::<2>().await.map(|it| it.2), [1, 1]);
    bea.sits(1, "2026-11-12", 10).await;
    assert_eq!(of_bea.take().await, [head(own(&bea), 1)]);

    // Confirmed: membership, and the shares of both.
    let membership = |events: &[(String, Option<ShareId>, u64)]| {
        let told = events.iter().filter(|event| event.0 == "membership");
        assert_eq!(told.count(), 1, "{events:?}");
    };
    ada.confirms(&us, &invite, true).await.is(204);
    membership(&of_bea.take::<3>().await);
    membership(&of_ada.take::<3>().await);
    let since = json!({"share_since": "2026-11-05"});
    ada.membership(&us, since).await.is(200);
    membership(&of_ada.take::<2>().await);
    membership(&of_bea.take::<2>().await);
    bea.leaves(&us).await.is(204);
    membership(&of_ada.take::<1>().await);
    membership(&of_bea.take::<1>().await);

    // Gone: nothing of what the other does any more.
    ada.sits(2, "2026-11-13", 10).await;
    assert_eq!(of_ada.take::<2>().await.map(|it| it.2), [2, 2]);
    bea.sits(2, "2026-11-13", 10).await;
    assert_eq!(of_bea.take().await, [head(own(&bea), 2)]);

    let (invite, code) = ada.invites(&us, "link").await;
    bea.accepts(&code, "2026-11-01").await.is(200);
    membership(&of_ada.take::<1>().await);
    ada.confirms(&us, &invite, true).await.is(204);
    membership(&of_ada.take::<3>().await);
    membership(&of_bea.take::<3>().await);
    let erased = json!({"password": PASSWORD});
    bea.ask("DELETE", "/v1/account", &erased).await.is(204);
    membership(&of_ada.take::<1>().await);
}

#[tokio::test]
async fn who_sits_and_what_is_proposed_is_told_at_once_and_only_with_consent() {
    let server = at_once_or_never().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.joins(&bea, "2026-11-01").await;
    let mut of_bea = Stream::of(&server, &bea.token).await;
    of_bea.hears_now().await;

    // Without consent: nothing. What comes next are changes of the name.
    ada.sits_now(1, json!({})).await.is(204);
    let name = |name: &str| json!({"name": name});
    let path = format!("/v1/partnerships/{us}");
    // Twice, since one look may tell of two things.
    for to in ["One", "Two"] {
        ada.ask("PATCH", &path, &name(to)).await.is(200);
        assert_eq!(of_bea.any().await.expect("an event").0, "membership");
    }

    let consent = json!({"shows_sitting": true});
    ada.membership(&us, consent).await.is(200);
    of_bea.hears_now().await;
    ada.ask("DELETE", "/v1/presence", &json!(null))
        .await
        .is(204);
    of_bea.hears_now().await;
    let made = ada.proposes(&us, 1, json!(null)).await;
    of_bea.hears_now().await;
    let mut of_ada = Stream::of(&server, &ada.token).await;
    of_ada.hears_now().await;
    bea.answers(&made, "joined").await.is(200);
    of_ada.hears_now().await;
}

/// Partners are told of a consent by what they see, and of nothing where they see the same.
#[tokio::test]
async fn that_a_consent_was_changed_is_told_to_own_devices_alone() {
    let server = at_once_or_never().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.joins(&bea, "2026-11-01").await;
    let mut of_ada = Stream::of(&server, &ada.token).await;
    let mut of_bea = Stream::of(&server, &bea.token).await;
    for stream in [&mut of_ada, &mut of_bea] {
        stream.take::<3>().await;
        stream.hears_now().await;
    }
    for change in [
        json!({"is_paused": true}),
        json!({"shows_sitting": true}),
        json!({"shows_sitting": false, "is_paused": false}),
    ] {
        ada.membership(&us, change).await.is(200);
        assert_eq!(of_ada.any().await.expect("an event").0, "membership");
    }
    // Of all that, this is the first that she is told, and she is told one thing.
    let path = format!("/v1/partnerships/{us}");
    let proposed = ada.proposes(&us, 1, json!(null)).await;
    assert_eq!(of_bea.any().await.expect("an event").0, "now");
    let goal = json!({"weekly_goal_s": 3600});
    ada.membership(&us, goal).await.is(200);
    assert_eq!(of_bea.any().await.expect("an event").0, "membership");
    ada.ask("PATCH", &path, &json!({"name": "We"}))
        .await
        .is(200);
    assert_eq!(of_bea.any().await.expect("an event").0, "membership");
    assert_eq!(bea.get("/v1/now").await["proposals"], json!([proposed]));
}

#[tokio::test]
async fn what_lapses_is_told_without_anybody_saying_so() {
    let server = crate::people::server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    let us = ada.joins(&bea, "2026-11-01").await;
    ada.membership(&us, json!({"shows_sitting": true}))
        .await
        .is(200);
    ada.sits_now(1, json!({})).await.is(204);
    let mut of_bea = Stream::of(&server, &bea.token).await;
    of_bea.hears_now().await;
    assert_eq!(
        bea.get("/v1/now").await["sitting"].as_array().map(Vec::len),
        Some(1)
    );
    server.clock.pass(120_000);
    of_bea.hears_now().await;
    assert_eq!(bea.get("/v1/now").await["sitting"], json!([]));
}

/// Whose device listens is heard of without asking anything; a page has nothing to send.
#[tokio::test]
async fn who_listens_on_a_device_is_heard_of_and_who_listens_on_the_page_is_not() {
    let server = crate::people::server().await;
    let ada = Somebody::new(&server, "ada", 1).await;
    let bea = Somebody::new(&server, "bea", 2).await;
    ada.joins(&bea, "2026-11-01").await;
    let web = json!({"login": "bea", "password": PASSWORD});
    let signed_in = ask(&server, "POST", "/v1/sign-in", &web).await;
    let cookie = signed_in.header("set-cookie").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a pair");
    let mut of_bea = Stream::with(&server, ("cookie", cookie)).await;
    let mut of_ada = Stream::of(&server, &ada.token).await;
    of_bea.hears_now().await;
    of_ada.hears_now().await;
    server.clock.pass(30_000);
    let heard_of = async |other: usize, of: &Somebody<'_>| {
        let partnerships = of.get("/v1/partnerships").await;
        partnerships["partnerships"][0]["members"][other]["heard_at_ms"].clone()
    };
    let ada_is_heard_of = async { while heard_of(1, &bea).await.is_null() {} };
    let in_time = tokio::time::timeout(Duration::from_secs(20), ada_is_heard_of).await;
    in_time.expect("heard of within twenty seconds");
    assert_eq!(heard_of(1, &bea).await, NOW.0);
    assert!(heard_of(1, &ada).await.is_null(), "Bea's page is no device");
    assert!(heard_of(0, &ada).await.is_null(), "not of oneself");
}

#[tokio::test]
async fn a_stream_ends_when_its_token_is_revoked_or_expires() {
    let world = World::new().await;
    world.person(1).await;
    world.person(2).await;
    let mut revoked = Stream::open(&world, 1).await;
    let mut stays = Stream::open(&world, 2).await;
    assert!(revoked.next().await.is_some() && stays.next().await.is_some());
    world
        .sql("DELETE FROM mitta.tokens WHERE person_id::text LIKE '%a0001'")
        .await;
    world.server.clock.pass(60_000);
    assert_eq!(revoked.next().await, None);
    world.sql("UPDATE mitta.tokens SET expires_at_ms = 5").await;
    world.server.clock.pass(60_000);
    assert_eq!(stays.next().await, None);
}

#[tokio::test]
async fn a_stream_ends_when_the_server_stops() {
    let world = World::new().await;
    world.person(1).await;
    let mut stream = Stream::open(&world, 1).await;
    assert!(stream.next().await.is_some());
    let stopping = world.server.server.stop();
    let ((), ended) = tokio::join!(stopping, stream.next());
    assert_eq!(ended, None);
}
