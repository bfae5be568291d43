//! The streams without a database: what is told, to whom, and when it ends.

use std::collections::HashSet;

use axum::body::BodyDataStream;
use futures_util::StreamExt as _;
use mitta_domain::{PersonId, ShareId};
use rstest::rstest;
use uuid::Uuid;

use super::*;

const TOKEN: [u8; 32] = [7; 32];

fn person() -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(1))
}

fn heads(heads: &[(u128, u64)]) -> Vec<(ShareId, u64)> {
    let head = |(id, seq): &(u128, u64)| (ShareId::from_uuid(Uuid::from_u128(*id)), *seq);
    heads.iter().map(head).collect()
}

#[rstest]
#[case::the_start_tells_all(None, &[(1, 0), (2, 5)], "h1=0 h2=5 now")]
#[case::nothing_new(Some(&[(1, 4)][..]), &[(1, 4)], "")]
#[case::one_moved(Some(&[(1, 4), (2, 5)][..]), &[(1, 4), (2, 6)], "h2=6")]
#[case::a_share_more(Some(&[(1, 4)][..]), &[(1, 4), (2, 0)], "m h2=0")]
#[case::a_share_less(Some(&[(1, 4), (2, 5)][..]), &[(1, 4)], "m")]
#[case::another_generation(Some(&[(1, 4), (2, 5)][..]), &[(1, 4), (3, 5)], "m h3=5")]
fn only_what_is_other_is_told(
    #[case] before: Option<&[(u128, u64)]>,
    #[case] now: &[(u128, u64)],
    #[case] told: &str,
) {
    let before = before.map(|it| picture(it, "", ""));
    assert_eq!(said(before.as_ref(), &picture(now, "", "")), told);
}

#[rstest]
#[case::nothing("a", "b", "")]
#[case::another_name("A", "b", "m")]
#[case::somebody_sits("a", "B", "now")]
#[case::both("A", "B", "m now")]
fn what_is_beside_the_feeds_is_told_without_saying_what(
    #[case] membership: &str,
    #[case] going_on: &str,
    #[case] told: &str,
) {
    let before = picture(&[(1, 4)], "a", "b");
    let now = picture(&[(1, 4)], membership, going_on);
    assert_eq!(said(Some(&before), &now), told);
}

fn picture(of: &[(u128, u64)], membership: &str, going_on: &str) -> Picture {
    Picture {
        heads: heads(of),
        membership: membership.to_owned(),
        going_on: going_on.to_owned(),
    }
}

fn said(before: Option<&Picture>, now: &Picture) -> String {
    let said = difference(before, now);
    let said = said.iter().map(|event| match event {
        LiveEvent::Head { share_id, head_seq } => {
            format!("h{}={head_seq}", share_id.as_uuid().as_u128())
        }
        LiveEvent::Membership => "m".to_owned(),
        LiveEvent::Now => "now".to_owned(),
        LiveEvent::Unknown => "unknown".to_owned(),
    });
    said.collect::<Vec<_>>().join(" ")
}

struct Open {
    live: Live,
    closing: watch::Sender<bool>,
    body: BodyDataStream,
}

fn open() -> Open {
    let live = Live::default();
    let (closing, closed) = watch::channel(false);
    let subscription = live.subscribe(person(), TOKEN, true, 1).expect("a stream");
    let body = answer(subscription, closed).into_body().into_data_stream();
    Open {
        live,
        closing,
        body,
    }
}

impl Open {
    async fn text(&mut self) -> Option<String> {
        let part = self.body.next().await?.expect("bytes");
        Some(String::from_utf8(part.to_vec()).expect("text"))
    }
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_gives_a_sign_of_life_every_25_seconds() {
    let mut open = open();
    let begun = tokio::time::Instant::now();
    assert_eq!(open.text().await.as_deref(), Some(":\n\n"));
    assert_eq!(open.text().await.as_deref(), Some(":\n\n"));
    assert_eq!(begun.elapsed().as_secs(), 50);
}

#[tokio::test]
async fn heads_are_told_at_the_start_and_when_they_move() {
    let mut open = open();
    open.live.tell(person(), picture(&[(1, 3)], "", ""));
    let id = Uuid::from_u128(1);
    let event = |seq| {
        format!(
            "event: head\ndata: {{\"kind\":\"head\",\"share_id\":\"{id}\",\"head_seq\":{seq}}}\n\n"
        )
    };
    assert_eq!(open.text().await, Some(event(3)));
    let going_on = "event: now\ndata: {\"kind\":\"now\"}\n\n".to_owned();
    assert_eq!(open.text().await, Some(going_on));
    open.live.tell(person(), picture(&[(1, 3)], "", ""));
    open.live.tell(person(), picture(&[(1, 4)], "", ""));
    assert_eq!(open.text().await, Some(event(4)));
}

#[tokio::test]
async fn a_stream_ends_when_the_server_closes_or_its_token_no_longer_counts() {
    let mut closed = open();
    closed.closing.send_replace(true);
    assert_eq!(closed.text().await, None);

    let mut void = open();
    void.live
        .end_all_but(&[TOKEN, [8; 32]], &HashSet::from([TOKEN]));
    void.live.tell(person(), picture(&[(1, 3)], "", ""));
    assert!(void.text().await.is_some(), "it counts still");
    assert!(void.text().await.is_some(), "what goes on is told too");
    void.live.end_all_but(&[TOKEN], &HashSet::new());
    assert_eq!(void.text().await, None);
}

#[test]
fn a_person_has_so_many_streams_at_most_and_those_that_ended_do_not_count() {
    let live = Live::default();
    let one = live.subscribe(person(), TOKEN, true, 2).expect("a stream");
    let two = live.subscribe(person(), [8; 32], true, 2).expect("another");
    assert!(live.subscribe(person(), TOKEN, true, 2).is_none());
    let other = PersonId::from_uuid(Uuid::from_u128(2));
    assert!(live.subscribe(other, TOKEN, true, 2).is_some());
    drop(one);
    let again = live
        .subscribe(person(), TOKEN, true, 2)
        .expect("room again");
    assert_eq!(live.tokens().len(), 2);
    drop((two, again));
    assert!(live.tokens().is_empty());
}

#[test]
fn only_those_who_read_a_feed_are_looked_up_when_it_moves() {
    let live = Live::default();
    let other = PersonId::from_uuid(Uuid::from_u128(2));
    let _streams = [person(), other].map(|it| live.subscribe(it, TOKEN, true, 1));
    live.take_stale(false);
    live.tell(person(), picture(&[(1, 0), (3, 0)], "", ""));
    live.tell(other, picture(&[(2, 0)], "", ""));
    live.moved(heads(&[(3, 1)]).into_iter().map(|(share_id, _)| share_id));
    assert_eq!(live.take_stale(false), [person()]);
    assert_eq!(live.take_stale(false), []);
    assert_eq!(live.take_stale(true).len(), 2);
}

#[test]
fn polling_begins_once_and_ends_with_the_last_listener() {
    let live = Live::default();
    let stream = live.subscribe(person(), TOKEN, true, 1);
    assert!(live.begin_polling());
    assert!(!live.begin_polling());
    assert!(!live.end_polling());
    drop(stream);
    assert!(live.end_polling());
    assert!(live.begin_polling());
}
